"""Triton, one op a file: its definition in plain torch, the kernel, the launcher. Imports nothing of ours."""
