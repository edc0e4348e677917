from __future__ import annotations

import importlib
import sys

import pytest

from spotter.engine.library import library
from tests.engine.conftest import Flawed

OBJECTS = [name for name in library() if name.split(".")[0] == "datetime" != name or not library()[name]]


def test_all_that_this_python_offers_is_known() -> None:
    modules = [name for name in library() if name not in OBJECTS]
    offered = {name: getattr(importlib.import_module(name), "__all__", ()) for name in modules}
    offered |= {name: dir(importlib.import_module(name)) for name in modules if name in sys.builtin_module_names}
    offered |= {
        name: dir(getattr(importlib.import_module(name.rpartition(".")[0]), name.rpartition(".")[2]))
        for name in OBJECTS
    }
    assert len([name for name, names in offered.items() if names]) > 30
    for module, names in offered.items():
        assert {name for name in names if not name.startswith("_")} <= library()[module], module


@pytest.mark.parametrize(
    ("text", "token", "mend"),
    [
        ("import os\n\n\ndef f(a):\n    return os.join(a, 'b')\n", "join", "path.join"),
        ("import os.path as p\n\n\ndef f(a):\n    return p.exsts(a)\n", "exsts", "exists"),
        ("from os import path\n\n\ndef f(a):\n    return path.mkdir(a)\n", "mkdir", ""),
        ("import datetime\n\n\ndef f():\n    return datetime.now()\n", "now", "datetime.now"),
        ("import sys\n\n\ndef f():\n    return sys.paltform\n", "paltform", "platform"),
        ("from math import clamp\n", "clamp", ""),
        ("from datetime import datetime\n\n\ndef f():\n    return datetime.datetime.now()\n", "datetime", ""),
        ("from datetime import datetime as d\n\n\ndef f():\n    return d.timedelta(1)\n", "timedelta", ""),
        ("import datetime\n\n\ndef f():\n    return datetime.datetime.utcnw()\n", "utcnw", "utcnow"),
        ("from time import time\n\n\ndef f():\n    time.sleep(1)\n", "sleep", ""),
        ("def f(a):\n    import json\n    return json.parse(a)\n", "parse", ""),
    ],
)
def test_a_name_that_no_version_has_is_marked(flawed: Flawed, text: str, token: str, mend: str) -> None:
    assert [(where, edit) for _, where, edit in flawed(text)] == [(token, mend)]


@pytest.mark.parametrize(
    "text",
    [
        "import os\n\n\ndef f(a):\n    return os.startfile(a), os.fork(), os.getcwdu(), os._private\n",
        "import urllib\n\n\ndef f(a):\n    return urllib.urlopen(a), urllib.parse.quote(a)\n",
        "import math\n\n\ndef f(a):\n    return math.clamp(a) if hasattr(math, 'clamp') else a\n",
        "import math\n\ntry:\n    clamp = math.clamp\nexcept AttributeError:\n    clamp = None\n",
        "try:\n    from math import clamp\nexcept ImportError:\n    clamp = None\n",
        "import time\n\n\ndef f(time):\n    return time.hours\n",
        "from time import time\n\n\ndef f():\n    return time.__name__, time()\n",
        "import time\n\n\ndef f():\n    time.time.assert_called_with()\n    return time.time.call_count\n",
        "import datetime\n\n\ndef f():\n    return datetime.datetime.mro()\n",
        "def g():\n    import time\n\n\ndef f():\n    from time import time\n    return time.sleep\n",
        "import json\nimport other as json\n\n\ndef f(a):\n    return json.parse(a)\n",
        "import sys\n\nsys.loaded = True\n\n\ndef f():\n    return sys.loaded\n",
        "from .os import joined\nfrom os import *\n",
        "import logging\n\n\ndef f():\n    return logging.TRACE\n",
        "import machine\nimport time\n\n\ndef f():\n    return time.sleep_ms(machine.x)\n",
    ],
)
def test_a_name_that_a_version_has_or_the_file_asks_for_is_not(flawed: Flawed, text: str) -> None:
    assert flawed(text) == []
