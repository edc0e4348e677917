from __future__ import annotations

import json
import subprocess
import sys

import pytest

from spotter.engine.library_calls import forms, signatures_of
from tests.engine.conftest import Flawed

# prints the parameters that have a name, of each of these functions that says them
ASKED = """
import importlib, inspect, json, sys
told = {}
for name in sys.argv[1:]:
    module, _, function = name.rpartition(".")
    try:
        made = getattr(importlib.import_module(module or "builtins"), function)
        parameters = inspect.signature(made).parameters.values()
    except (ImportError, AttributeError, ValueError, TypeError):
        continue
    told[name] = [one.name for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
print(json.dumps(told))
"""


@pytest.mark.parametrize(
    ("text", "token", "mend"),
    [
        ("def f(a, b):\n    return isinstance(a, int, b)\n", "b", ""),
        ("def f(a):\n    return hasattr(a.b)\n", ")", ""),
        ("def f(a, b):\n    return ', '.join(a, b)\n", "b", ""),
        ("import shutil\n\n\ndef f(a):\n    return shutil.copyfile(a)\n", ")", ""),
        ("import subprocess as s\n\n\ndef f(a):\n    return s.run(a, sheel=True)\n", "sheel", ""),
        ("from collections import namedtuple\n\nP = namedtuple('P', 'x', 'y')\n", "'y'", ""),
        ("import os.path\n\n\ndef f(a, b):\n    return os.path.exists(a, b)\n", "b", ""),
        ("from datetime import datetime\n\n\ndef f(a):\n    return datetime.strptime(a)\n", ")", ""),
        ("import warnings\n\n\ndef f(a):\n    warnings.warn(a, stack_level=2)\n", "stack_level", ""),
        ("def f(a):\n    return any(a, None)\n", "None", ""),
        ("import datetime\n\n\ndef f(a):\n    return datetime(a, 1, 1)\n", "datetime", "datetime.datetime"),
        ("def f(a):\n    import json\n\n    return json(a)\n", "json", ""),
        ("def f(a):\n    b = []\n    b.append(a, 1)\n    return b\n", "1", ""),
        ("def f(a):\n    return {}.get()\n", ")", ""),
    ],
)
def test_a_call_that_no_version_takes_is_marked(flawed: Flawed, text: str, token: str, mend: str) -> None:
    assert [(where, edit) for _, where, edit in flawed(text)] == [(token, mend)]


@pytest.mark.parametrize(
    "text",
    [
        "import asyncio\n\n\ndef f(a):\n    return asyncio.Lock(loop=a), asyncio.gather(*a, loop=a)\n",
        "import json\nimport random\n\n\ndef f(a):\n    return json.loads(a, encoding='utf8'), random.shuffle(a, a)\n",
        "def isinstance(a): pass\n\n\ndef f(a):\n    return isinstance(a)\n",
        "from six.moves import *\n\n\ndef f(a):\n    return zip(a, strange=a), isinstance(a)\n",
        "def g():\n    from threading import enumerate\n    return enumerate()\n\n\ndef f(a): return enumerate(a)\n",
        "def f(a):\n    try:\n        return hasattr(a)\n    except TypeError:\n        return None\n",
        "def f(a) -> tuple(int, int):\n    b: tuple(int, ...) = a\n    return b\n",
        "def f(*a, **b):\n    return isinstance(*a), open(**b), max(*a, default=b), str.join(', ', a)\n",
        "def f(a, e):\n    return ValueError(a, a), type('A', (e,), {}, x=a), dict(a, b=1), int('a', base=3)\n",
        "import re\n\n\ndef f(a):\n    return re.sub('a', 'b', a, 1, re.I), re.compile(a).x(a), a.join(a, a)\n",
        "from datetime import datetime\nimport other as json\n\n\ndef f(a):\n    return datetime(a, 1, 1), json(a)\n",
        "import copy\n\n\ndef f(a, copy):\n    return copy(a)\n",
        "import datetime\nfrom datetime import *\n\n\ndef f(a):\n    return datetime(2020, 1, 1)\n",
        "from math import log\nfrom numpy import *\n\n\ndef f(a):\n    return log(a, out=a)\n",
        "import logging\n\n\ndef f(a):\n    logging.basicConfig(encoding='utf-8', level=a)\n",
        "import time\n\n\ndef f(a):\n    time.sleep = a\n    time.sleep()\n",
        "import math\n\n\n@patch('math.log')\ndef f(a):\n    return math.log()\n\n\npatch = f\n",
        "def f(a):\n    b = []\n    b.append(a)\n    b.sort(key=a)\n    return b.index(a, 1), {}.get(a, 1)\n",
    ],
)
def test_a_call_that_a_version_takes_or_that_may_be_another_is_not(flawed: Flawed, text: str) -> None:
    assert flawed(text) == []


def test_every_line_can_be_read() -> None:
    assert all(len(signatures_of(name)) == len(several) for name, several in forms().items())
    assert len(forms()) > 1000


def test_what_this_python_takes_is_known() -> None:
    """A parameter that a function has in the Python that runs this stands in one of its forms.

    A Python of its own is asked: what else runs here may have put other functions in their place.
    """
    run = subprocess.run([sys.executable, "-I", "-c", ASKED, *forms()], capture_output=True, text=True, check=True)
    told = json.loads(run.stdout)
    assert len(told) > 300
    for name, parameters in told.items():
        known = {one for form in signatures_of(name) for one in (*form.placed, *form.named)}
        if not any(form.others for form in signatures_of(name)):
            assert {one for one in parameters if not one.startswith("_")} <= known, name
