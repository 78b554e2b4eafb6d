# breaks: same_decoder makes of the log-normal VAE the normal one: the same mean for the same noise | mistake: exp for log
def same_decoder(decoder, z):
    return decoder(2.718281828459045**z)
