from __future__ import annotations

import pytest

from spotter.engine.flawed import flaws_of
from spotter.engine.unfilled import placeholders
from spotter.source import Source
from spotter.syntax import parse
from tests.engine.conftest import Flawed

LOG = "import logging\n\nlog = logging.getLogger()\n\n\ndef f(a, b, e):\n    {call}\n"
OWN = "class Bad(ValueError):\n    {body}\n\n\ndef f(a):\n    raise Bad('no %s', a)\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("%s and %d", 2),
        ("100 %% of %5.2f", 1),
        ("%*d", 2),
        ("%(name)s", None),
        ("100 % for %s", 2),
        ("50%", None),
        ("none", 0),
    ],
)
def test_the_placeholders_of_a_template_are_counted(text: str, count: int | None) -> None:
    assert placeholders(text) == count


@pytest.mark.parametrize(
    ("text", "token", "mend"),
    [
        ("def f(a):\n    raise ValueError('no %s', a)\n", ",", " %"),
        ("def f(a):\n    raise ValueError('no %s of %s', a, a)\n", ",", ""),
        (OWN.format(body="pass"), ",", " %"),
        (LOG.format(call="log.info('%s', a, b)"), "'%s'", ""),
        (LOG.format(call="log.info(_('%s of %s'), (a, b))"), "_", ""),
        (LOG.format(call="logging.error('no', a)"), "'no'", ""),
        (LOG.format(call="log.error('no %s')"), "'no %s'", ""),
        ("def f(a):\n    raise ValueError('no %s', a or 'x')\n", ",", ""),
        ("def f(a):\n    return '%s of %s' % (a,)\n", "'%s of %s'", ""),
        ("def f(a):\n    return '{} of {}'.format(a)\n", "'{} of {}'", ""),
        ("def f(a):\n    return '%y' % a\n", "'%y'", ""),
    ],
)
def test_a_template_is_marked_where_it_is_not_filled(flawed: Flawed, text: str, token: str, mend: str) -> None:
    assert [(where, edit) for _, where, edit in flawed(text)] == [(token, mend)]


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    raise ValueError('no %s' % a, a)\n",
        "def f(a):\n    raise OSError(2, 'no %s', a)\n",
        "def f(a):\n    raise ValueError('no %s', *a)\n",
        "def f(a):\n    with raises(IndexError):\n        '{} {}'.format(a)\n\n\nraises = f\n",
        OWN.format(body="text = property(lambda self: self.args[0] % self.args[1:])"),
        LOG.format(call="log.info(b('no'), a)"),
        "def f(a):\n    raise Other('no %s', a)\n\n\nfrom b import Other\n",
        OWN.format(body="def __init__(self, text, *a): self.text = text % a"),
        OWN.format(body="pass").replace("ValueError", "Other") + "\n\nfrom b import Other\n",
        LOG.format(call="log.info('%s', a)"),
        LOG.format(call="log.info('100% of it')"),
        LOG.format(call="log.info('the magic %run')"),
        LOG.format(call="log.info('{} of {}', a, b)"),
        LOG.format(call="log.info('%(a)s of %(b)s', {'a': a, 'b': b})"),
        LOG.format(call="log.info('%s of %s', *a)"),
        "def f(log, a):\n    log.info('some', a)\n",
        "def f(a):\n    return '%s' % a\n",
    ],
)
def test_a_template_that_something_fills_is_not(flawed: Flawed, text: str) -> None:
    assert flawed(text) == []


@pytest.mark.parametrize(
    ("call", "sure"),
    [
        ("log.info('%s', a, b)", True),
        ("log.info('no', a.b)", True),
        ("log.info('no', e)", True),
        ("log.info('no', a)", False),  # a mapping may be given to what asks for nothing
        ("log.info('say %s')", False),
    ],
)
def test_a_log_that_may_be_meant_so_is_not_sure(call: str, sure: bool) -> None:
    flaws = flaws_of(parse(Source("a.py", LOG.format(call=call), "python")))
    assert [flaw.sure for flaw in flaws.values()] == [sure]
