"""Everything through (samples, features, places) and einsum."""
import torch


def _flat(x):
    return x.reshape(x.shape[0], x.shape[1], -1)


def _average(v):  # (N, C, P) -> (C,)
    return torch.einsum("ncp->c", v) / (v.shape[0] * v.shape[2])


def _per_feature(v):
    return v[None, :, None]


class BatchNorm:
    def __init__(self, features, eps=1e-5, momentum=0.1, device=None, dtype=None):
        make = lambda value: torch.full((features,), value, device=device, dtype=dtype or torch.get_default_dtype())
        self.gamma, self.beta, self.running_mean, self.running_var = map(make, (1.0, 0.0, 0.0, 1.0))
        self.eps, self.momentum, self.training = eps, momentum, True

    def train(self):
        self.training = True

    def eval(self):
        self.training = False

    def __call__(self, x):
        v = _flat(x)
        if self.training:
            count = v.shape[0] * v.shape[2]
            if count < 2:
                raise ValueError("a single value for each feature")
            mean = _average(v)
            centred = v - _per_feature(mean)
            var = _average(centred**2)
            self._track(mean.detach(), var.detach() * count / (count - 1))
        else:
            centred, var = v - _per_feature(self.running_mean), self.running_var
        y = torch.einsum("ncp,c->ncp", centred, self.gamma / (var + self.eps).sqrt()) + _per_feature(self.beta)
        return y.reshape(x.shape)

    def _track(self, mean, var):
        self.running_mean = torch.lerp(self.running_mean, mean, self.momentum)
        self.running_var = torch.lerp(self.running_var, var, self.momentum)


def batchnorm_backward(dy, x, gamma, mean, var, eps, train):
    d, v = _flat(dy), _flat(x)
    scale = (var + eps) ** -0.5
    n = torch.einsum("ncp,c->ncp", v - _per_feature(mean), scale)
    dbeta = torch.einsum("ncp->c", d)
    dgamma = torch.einsum("ncp,ncp->c", d, n)
    if train:
        count = v.shape[0] * v.shape[2]
        d = d - _per_feature(dbeta / count) - torch.einsum("ncp,c->ncp", n, dgamma / count)
    return torch.einsum("ncp,c->ncp", d, gamma * scale).reshape(x.shape), dgamma, dbeta


def group_norm(x, groups, gamma, beta, eps=1e-5):
    n, c = x.shape[:2]
    if groups < 1 or c % groups:
        raise ValueError(f"{c} channels in {groups} groups")
    g = x.reshape(n, groups, -1)
    mean = torch.einsum("ngk->ng", g) / g.shape[2]
    centred = g - mean[..., None]
    var = torch.einsum("ngk,ngk->ng", centred, centred) / g.shape[2]
    normal = torch.einsum("ngk,ng->ngk", centred, torch.rsqrt(var + eps)).reshape(n, c, -1)
    return (torch.einsum("ncp,c->ncp", normal, gamma) + beta[:, None]).reshape(x.shape)


layer_norm = lambda x, gamma, beta, eps=1e-5: group_norm(x, 1, gamma, beta, eps)
instance_norm = lambda x, gamma, beta, eps=1e-5: group_norm(x, x.shape[1], gamma, beta, eps)
