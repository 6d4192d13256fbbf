"""A trainer with callbacks, in the manner of Lightning and Keras."""
import torch


class AverageMeter:
    def __init__(self):
        self.sum = self.count = 0

    def update(self, value, n):
        self.sum += value * n
        self.count += n

    @property
    def average(self):
        return self.sum / self.count


class History:
    def __init__(self):
        self.history = {"train_loss": [], "val_loss": []}

    def on_epoch_end(self, trainer, logs):
        for key, value in logs.items():
            self.history[key].append(value)


class EarlyStopping:
    def __init__(self, patience, monitor="val_loss"):
        self.patience, self.monitor = patience, monitor
        self.best, self.best_state, self.wait = float("inf"), None, 0

    def on_epoch_end(self, trainer, logs):
        if logs[self.monitor] < self.best:
            self.best, self.wait = logs[self.monitor], 0
            self.best_state = {k: v.detach().clone() for k, v in trainer.model.state_dict().items()}
        else:
            self.wait += 1
            trainer.should_stop |= self.wait >= self.patience

    def on_train_end(self, trainer):
        trainer.model.load_state_dict(self.best_state)


class Trainer:
    def __init__(self, model, optimizer, loss_fn, callbacks):
        self.model, self.optimizer, self.loss_fn, self.callbacks = model, optimizer, loss_fn, callbacks
        self.should_stop = False

    def fit(self, train_loader, val_loader, max_epochs):
        for _ in range(max_epochs):
            logs = {"train_loss": self._train(train_loader), "val_loss": self._validate(val_loader)}
            self._call("on_epoch_end", logs)
            if self.should_stop:
                break
        self._call("on_train_end")
        self.model.eval()

    def _call(self, hook, *args):
        for callback in self.callbacks:
            if hasattr(callback, hook):
                getattr(callback, hook)(self, *args)

    def _train(self, loader):
        self.model.train()
        meter = AverageMeter()
        for x, y in loader:
            prediction = self.model(x)
            loss = self.loss_fn(prediction, y)
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            meter.update(float(loss.detach()), x.size(0))
        return meter.average

    def _validate(self, loader):
        self.model.eval()
        meter = AverageMeter()
        with torch.no_grad():
            for x, y in loader:
                meter.update(float(self.loss_fn(self.model(x), y)), x.size(0))
        return meter.average


def fit(model, optimizer, loss_fn, train_batches, val_batches, epochs, patience):
    history = History()
    Trainer(model, optimizer, loss_fn, [history, EarlyStopping(patience)]).fit(train_batches, val_batches, epochs)
    return history.history
