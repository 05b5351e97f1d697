"""bitsandbytes' four-bit quantization of GPT-2 small's linear layers on the CPU: a worker that
quantbook-bench runs beside its own.

Reads one command a line, `nf4` or `fp4`, and answers with milliseconds. The matrices are Float32
[outputs, inputs] of random weights. Needs torch and bitsandbytes.
"""

import sys
import time

import torch
from bitsandbytes.functional import quantize_4bit

torch.set_num_threads(int(sys.argv[1]))
shapes = [(2304, 768), (768, 768), (3072, 768), (768, 3072)] * 12
matrices = [torch.randn(shape) * 0.02 for shape in shapes]
print("ready", torch.__version__, flush=True)
with torch.inference_mode():
    for command in map(str.strip, sys.stdin):
        start = time.perf_counter()
        for matrix in matrices:
            quantize_4bit(matrix, blocksize=64, quant_type=command)
        print((time.perf_counter() - start) * 1000, flush=True)
