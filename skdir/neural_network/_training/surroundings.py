"""Settings of torch around a call: the regressor's results do not depend on them."""

from contextlib import ExitStack, contextmanager

import torch
from torch.overrides import TorchFunctionMode


@contextmanager
def usual_torch():
    """Give a context in which torch is as when it was imported, and leave the user's as it is.

    New tensors are of float32 and on the CPU where nothing else is asked for, and gradients can be
    recorded, whatever the default type, the default device and the inference mode outside are.
    Nothing that other threads share is changed.
    """
    with ExitStack() as stack:
        if torch.is_inference_mode_enabled():
            stack.enter_context(torch.inference_mode(False))
        if torch.get_default_device().type != "cpu":
            stack.enter_context(torch.device("cpu"))
        if torch.get_default_dtype() != torch.float32:
            stack.enter_context(_SinglePrecision())
        yield


class _SinglePrecision(TorchFunctionMode):
    """Context in which new tensors are of float32 where no type is given.

    `torch.set_default_dtype` holds for all threads.
    """

    def __torch_function__(self, func, types, args=(), kwargs=None):
        """Call a function of torch, with a type if it makes a tensor of the default one."""
        kwargs = kwargs or {}
        if func in _MAKERS and kwargs.get("dtype") is None:
            kwargs = {**kwargs, "dtype": torch.float32}
        return func(*args, **kwargs)


# Those whose type does not follow from their arguments.
_MAKERS = frozenset(
    {
        torch.empty,
        torch.eye,
        torch.linspace,
        torch.logspace,
        torch.ones,
        torch.rand,
        torch.randn,
        torch.zeros,
    }
)
