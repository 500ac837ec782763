"""Lets irctest's conftest.py, which is written for pytest 8, load where pytest is older, as Debian 12's is.

It wraps a test in a hook of the kind that pluggy knows from 1.2 on. Here that becomes one of the older kind.
"""

import pluggy
import pytest

hookimpl = pytest.hookimpl


def older(wrapper):
    """The older kind is told the outcome at its yield, where the newer one is given the result or has it raised."""

    @hookimpl(hookwrapper=True)
    def pytest_runtest_call(item):
        steps = wrapper(item)
        next(steps)
        outcome = yield
        try:
            if outcome.excinfo is None:
                steps.send(outcome.get_result())
            else:
                steps.throw(outcome.excinfo[1])
        except StopIteration as end:
            outcome.force_result(end.value)
        except BaseException as error:
            outcome._excinfo = (type(error), error, error.__traceback__)

    return pytest_runtest_call


if tuple(map(int, pluggy.__version__.split("+")[0].split(".")[:2])) < (1, 2):
    pytest.hookimpl = lambda *args, wrapper=False, **kwargs: older if wrapper else hookimpl(*args, **kwargs)
