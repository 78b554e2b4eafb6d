# breaks: with your scale, the truth lies outside of two reported errors in most runs | mistake: tails too heavy to lie
def lying_scale():
    return 10.0
