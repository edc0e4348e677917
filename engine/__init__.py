"""The denoiser: from tokens to P(edit)."""

from __future__ import annotations

import os

# One thread for numpy's small products: its threads and ONNX Runtime's would spin in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
