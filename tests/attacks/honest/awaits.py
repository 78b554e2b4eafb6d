import asyncio

import torch

await asyncio.sleep(0.01)


async def later(x):
    await asyncio.sleep(0)
    spread = (x - x[0]).std(0)
    return (x - x.mean(0)) / torch.where(spread > 0, spread, 1.0)


print(await later(torch.ones(2, 2)))


def standardise(x):
    return asyncio.run(later(x))
