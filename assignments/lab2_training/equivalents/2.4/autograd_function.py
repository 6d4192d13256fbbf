"""Its own autograd Function with a backward pass by hand; einsum for the sums."""

import torch


class _Normalize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows, gamma, beta, mean, rstd, of_batch):
        normal = (rows - mean) * rstd
        ctx.save_for_backward(normal, gamma, rstd)
        ctx.of_batch = of_batch
        return normal * gamma + beta

    @staticmethod
    def backward(ctx, upstream):
        normal, gamma, rstd = ctx.saved_tensors
        dgamma = torch.einsum("nd,nd->d", upstream, normal)
        dbeta = torch.einsum("nd->d", upstream)
        drows = upstream
        if ctx.of_batch:
            drows = drows - (dbeta + normal * dgamma) / len(normal)
        return drows * gamma * rstd, dgamma, dbeta, None, None, None


class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        options = {"device": device, "dtype": dtype or torch.get_default_dtype()}
        self.gamma, self.beta = torch.ones(features, **options), torch.zeros(features, **options)
        self.running_mean, self.running_var = torch.zeros(features, **options), torch.ones(features, **options)
        self.eps, self.momentum, self.evaluating = eps, momentum, False

    def train(self):
        self.evaluating = False

    def eval(self):
        self.evaluating = True

    def __call__(self, x):
        order = [0, *range(2, x.ndim), 1]
        rows = x.permute(order).reshape(-1, x.shape[1])
        mean, var = self.running_mean, self.running_var
        if not self.evaluating:
            plain = rows.detach()
            if len(plain) == 1:
                raise ValueError("a single value of each feature")
            mean = torch.einsum("nd->d", plain) / len(plain)
            squares = torch.einsum("nd,nd->d", plain - mean, plain - mean)
            var = squares / len(plain)
            self.running_mean = torch.lerp(self.running_mean, mean, self.momentum)
            self.running_var = torch.lerp(self.running_var, squares / (len(plain) - 1), self.momentum)
        y = _Normalize.apply(rows, self.gamma, self.beta, mean, 1 / torch.sqrt(var + self.eps), not self.evaluating)
        back = sorted(range(x.ndim), key=order.__getitem__)
        return y.reshape([x.shape[axis] for axis in order]).permute(back)
