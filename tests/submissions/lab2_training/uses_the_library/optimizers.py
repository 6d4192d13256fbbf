from torch.optim import Adam, AdamW, RMSprop, SGD
