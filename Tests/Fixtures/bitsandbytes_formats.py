"""What bitsandbytes' CPU backend makes of matrices: 4-bit blocks, LLM.int8 rows, layer outputs."""

import bitsandbytes as bnb
import numpy as np
import torch
from bitsandbytes import functional as F

from fixture_files import DATA, normal, sha256, write_json, write_tensors

BLOCK_SIZES = [32, 64, 128, 256, 512, 1024, 2048, 4096]
FORMATS = ["nf4", "fp4"]
DIRECTORY = DATA / "bitsandbytes"

# SHA-256 of the 96 x 256 matrix of known_answer() and of what becomes of it at block size 64.
KNOWN = {
    "weight": "f4dbb97f31354cc37f2f6640395e4bdb61f2fefebc07ce9e1f0b53c6b1a5b320",
    "absmax": "55ce12a37d71c735dec0f07b4affa18872c34151b4d1ec3e75168067956b550c",
    "nf4": "32eff13b4b1e742d60acbef2d2e4acd9aea96c7072a48d341f6e9b1efb9e396e",
    "fp4": "f36da1436a15ac27f3d2a60148cce581f8332dc04f3735ad0755f0ca20f55135",
    "absmax_codes": "46c7298b148c025718887e827ede8621cde68caaa299ef07e55c0f358cca410f",
    "int8": "a8f39830215dd07787736ff94b40b7f750693c6977be3cc2e40eaf823f3db32f",
    "SCB": "e793e2d34e0cf527b67208975abe5ae143fbfb0cd0869e9c78d1384c4e986fb3",
}


def known_answer():
    """W[o,i] = u * 2^-31 * (1 + o % 7), u = ((256 o + i) * 2654435761 mod 2^32) - 2^31."""
    flat = np.arange(96 * 256, dtype=np.uint64)
    u = ((flat * 2654435761) % 2**32).astype(np.int64) - 2**31
    row = (flat // 256 % 7 + 1).astype(np.float32)
    w = u.astype(np.float32) * np.float32(2.0**-31) * row
    return torch.from_numpy(w.reshape(96, 256))


def ties(format):
    """A leading 1 makes each block's scale 1; then every threshold and its two neighbours."""
    codebook = F.get_4bit_type(format, device="cpu").sort().values
    middle = ((codebook[1:] + codebook[:-1]) / 2).numpy()
    up, down = np.float32(np.inf), np.float32(-np.inf)
    around = [np.nextafter(middle, down), middle, np.nextafter(middle, up)]
    edge = np.array([0.0, -0.0, -1.0, np.nextafter(np.float32(1), np.float32(0)), 1e-30, -1e-30])
    block = np.concatenate([[1.0], *around, edge]).astype(np.float32)
    block = np.pad(block, (0, 64 - len(block)), constant_values=0.5)
    rows = [block * np.float32(2.0**e) for e in (0, 5, -20, 100)]
    rows.append(block[::-1].copy() * np.float32(3))  # A scale whose reciprocal is not exact.
    return torch.from_numpy(np.stack(rows).astype(np.float32))


def zeros():
    """Zero blocks between others, and a zero tail."""
    w = normal(31, (5, 64))
    w[1] = 0
    w[3] = -0.0
    return torch.cat([w.flatten(), torch.zeros(37)])


def subnormal():
    """Blocks whose absmax lies about 1e-38, the floor, and among the subnormals."""
    scales = [3e-38, 1.1e-38, 1e-38, 9e-39, 1e-40, 1e-44, 1.4e-45, 1e-30]
    w = normal(32, (len(scales), 64)).double()
    w = w / w.abs().amax(dim=1, keepdim=True) * torch.tensor(scales, dtype=torch.float64)[:, None]
    return torch.cat([w.float().flatten(), torch.tensor([2e-39, -1e-39, 0.0, 5e-40, 7e-45])])


def huge():
    """Absmax up to the largest float32, beside ordinary and tiny weights."""
    w = normal(33, (4, 64))
    w[0, 5] = torch.finfo(torch.float32).max
    w[1] *= 1e37
    w[2, 9] = -1e20
    w[3, 0] = 65504
    return w


def weights():
    return {
        "known": known_answer(),
        # 4,400 elements: every block size has a full block and a tail.
        "normal": normal(30, (11, 400), 0.2),
        "odd": normal(34, (3, 67)),  # 201 elements: the last byte is half used.
        "one": torch.tensor([[-0.75]]),
        "half_origin": normal(35, (6, 192), 0.05).half().float(),
        "ties_nf4": ties("nf4"),
        "ties_fp4": ties("fp4"),
        "zeros": zeros()[None],
        "all_zero": torch.zeros(2, 48),
        "subnormal": subnormal()[None],
        "huge": huge(),
    }


def dequantize(codebook, packed, absmax, shape, block_size):
    """codebook[code] * absmax, one float32 multiplication: the definition, without bnb's faults."""
    codes = torch.stack([packed >> 4, packed & 15], dim=1).flatten().long()[: shape.numel()]
    scale = absmax.repeat_interleave(block_size)[: shape.numel()]
    return (codebook[codes] * scale).reshape(shape)


def check_against_bnb(ours, packed, state):
    """bnb's own kernel is right where rows are whole blocks."""
    if ours.shape[-1] % state.blocksize == 0:
        theirs = F.dequantize_4bit(packed, state)
        assert torch.equal(ours, theirs), "bitsandbytes dequantizes to something else"


def four_bit_case(name, w, format, block_size, tensors):
    """The plain and the doubly quantized case of one matrix; adds what they hold to `tensors`.

    bnb's offset is a float32 mean whose last bit hangs on the order of summation, hence on torch's
    vector width. The fixture uses the float64 mean, rounded once, and bnb's nested quantizer on it;
    where both offsets agree, the whole is asserted to be what bnb's own double quantization gives.
    """
    stem = f"{name}.{format}.{block_size}"
    packed, state = F.quantize_4bit(
        w, blocksize=block_size, quant_type=format, compress_statistics=False
    )
    flat = packed.flatten()
    codebook = F.get_4bit_type(format, device="cpu")
    plain = dequantize(codebook, flat, state.absmax, w.shape, block_size)
    check_against_bnb(plain, packed, state)
    again, theirs = F.quantize_4bit(
        w, blocksize=block_size, quant_type=format, compress_statistics=True
    )
    assert torch.equal(again, packed)
    offset = state.absmax.double().mean().float()
    codes, nested = F.quantize_blockwise(state.absmax - offset, blocksize=256)
    agrees = bool(offset == theirs.offset)
    if agrees:
        assert torch.equal(codes, theirs.absmax)
        assert torch.equal(nested.absmax, theirs.state2.absmax)
    elif theirs.offset.isfinite():  # Its float32 sum overflows for "huge".
        assert (offset - theirs.offset).abs() <= 3e-7 * offset
    scale = nested.absmax.repeat_interleave(256)[: codes.numel()]
    restored = nested.code[codes.long()] * scale + offset
    twice = dequantize(codebook, flat, restored, w.shape, block_size)
    if agrees:
        check_against_bnb(twice, packed, theirs)

    tensors[f"{stem}.absmax_codes"] = codes
    tensors[f"{stem}.nested_absmax"] = nested.absmax
    tensors[f"{stem}.offset"] = offset.reshape(1)
    tensors[f"{stem}.bnb_offset"] = theirs.offset.reshape(1)
    if name != "known":  # Made by a formula; hashes are enough.
        tensors[f"{stem}.packed"] = flat
        tensors[f"{stem}.absmax"] = state.absmax
        if block_size == 64 and name != "normal":
            tensors[f"{stem}.dequantized"] = plain
    case = {
        "case": stem, "weight": name, "format": format, "block_size": block_size,
        "shape": list(w.shape), "bnb_offset_agrees": agrees, "dequantized_sha256": sha256(plain),
        "double_dequantized_sha256": sha256(twice),
    }
    if name == "known":
        case |= {"packed_sha256": sha256(flat), "absmax_sha256": sha256(state.absmax)}
        case["absmax_codes_sha256"] = sha256(codes)
    return case


def make_four_bit():
    tensors, cases = {}, []
    for name, w in weights().items():
        if name != "known":
            tensors[f"weight.{name}"] = w
        for format in FORMATS:
            cases += [four_bit_case(name, w, format, size, tensors) for size in BLOCK_SIZES]
    known = {c["format"]: c for c in cases if c["weight"] == "known" and c["block_size"] == 64}
    assert sha256(known_answer()) == KNOWN["weight"]
    for format, case in known.items():
        assert case["packed_sha256"] == KNOWN[format]
        assert case["absmax_sha256"] == KNOWN["absmax"]
        assert case["absmax_codes_sha256"] == KNOWN["absmax_codes"]
    write_json(DIRECTORY / "four_bit.json", cases, compact=True)
    write_tensors(DIRECTORY / "four_bit.safetensors", tensors)
    print(f"bitsandbytes: {len(cases)} 4-bit cases")


def int8_weight():
    """28 x 40: ordinary rows, then a zero row, ties, float16's subnormals and its largest value."""
    w = normal(40, (28, 40), 0.3)
    w[3] = 0
    w[5] = torch.arange(40) + 0.5  # Scale below: halves and wholes between -127 and 127.
    w[5, 0] = 127
    w[6] = -w[5]
    w[7] = normal(41, (40,), 1e-7)
    w[8, 0] = 65504
    w[9] = torch.where(normal(42, (40,)) > 0, 1.0, -1.0)
    w[10] = (torch.arange(40) - 20.5) / 64
    w[10, 0] = 127 / 64
    return w


def int8_activations():
    """Float32, not representable in float16; outliers are |float16(x)| >= 6."""
    plain = normal(50, (9, 40), 1.1).clamp(-5.9, 5.9)
    outliers = plain.clone()
    outliers[0, 7], outliers[4, 7], outliers[2, 31], outliers[8, 0] = 11.3, -6.01, 64.7, -250.123
    zero_rows = plain.clone()
    zero_rows[0], zero_rows[5] = 0, 0
    zero_with_outliers = outliers.clone()
    zero_with_outliers[5] = 0
    only_outlier = torch.zeros(3, 40)  # Row 1 is zero but for its outlier: SCA is 0.
    only_outlier[0], only_outlier[1, 11] = plain[0], 9.25
    boundary = plain[:4].clone()
    boundary[0, 3], boundary[1, 5] = 5.998046, 5.9985
    boundary[2, 9], boundary[3, 12] = 6.0, -5.99804
    return {
        "plain": plain, "outliers": outliers,
        "one_row": plain[3:4], "one_row_outlier": outliers[2:3],
        "zero_rows": zero_rows, "zero_row_outliers": zero_with_outliers,
        "only_outlier": only_outlier, "boundary": boundary,
    }


def int8_layer(w, bias):
    layer = bnb.nn.Linear8bitLt(
        w.shape[1], w.shape[0], bias=bias is not None, has_fp16_weights=False, threshold=6.0
    )
    layer.weight = bnb.nn.Int8Params(w.clone(), requires_grad=False, has_fp16_weights=False)
    if bias is not None:
        layer.bias = torch.nn.Parameter(bias.clone(), requires_grad=False)
    return layer.to("cpu").eval()


@torch.no_grad()
def make_int8():
    w, bias = int8_weight(), normal(43, (28,), 0.2)
    layer = int8_layer(w, bias)
    CB, SCB = layer.weight.CB.clone(), layer.weight.SCB.clone()
    restored = (CB.float() * SCB[:, None]) * torch.tensor(1 / 127, dtype=torch.float32)
    assert torch.equal(restored, F.int8_vectorwise_dequant(CB, SCB))
    tensors = {"weight": w, "bias": bias, "CB": CB, "SCB": SCB, "dequantized": restored}
    for name, x in int8_activations().items():
        CA, SCA, columns = F.int8_vectorwise_quant(x.half(), threshold=6.0)
        columns = torch.empty(0, dtype=torch.int64) if columns is None else columns.long()
        if len(columns):  # The layer itself zeroes them in all rows.
            CA[:, columns] = 0
        product = F.int8_linear_matmul(CA, CB)
        assert torch.equal(product, CA.int() @ CB.int().T)
        y = layer(x)
        scaled = product.float() * (SCA.reshape(-1, 1) * SCB) * torch.tensor(6.200124e-05) + bias
        if len(columns):
            scaled += x[:, columns] @ restored[:, columns].T
        assert torch.equal(y, scaled), f"{name}: the formulas give something else"
        tensors |= {
            f"{name}.X": x, f"{name}.CA": CA, f"{name}.SCA": SCA.flatten(),
            f"{name}.outlier_columns": columns.to(torch.int64), f"{name}.product": product,
            f"{name}.Y": y, f"{name}.Y_without_bias": int8_layer(w, None)(x),
        }
    known = int8_layer(known_answer(), None).weight
    assert (sha256(known.CB), sha256(known.SCB)) == (KNOWN["int8"], KNOWN["SCB"])
    write_tensors(DIRECTORY / "int8.safetensors", tensors)
    write_json(DIRECTORY / "known_answer.json", KNOWN)
    print(f"bitsandbytes: {len(int8_activations())} LLM.int8 products")


@torch.no_grad()
def make_linear_4bit():
    """Outputs of Linear4bit in float32 arithmetic: dequantize, then an ordinary product."""
    tensors, cases = {}, []
    for index, (outputs, inputs) in enumerate([(48, 64), (33, 128), (20, 192)]):
        shape = f"{outputs}x{inputs}"
        w, bias = normal([60, index], (outputs, inputs), 0.1), normal([61, index], (outputs,))
        x = normal([62, index], (5, inputs))
        tensors |= {f"{shape}.weight": w, f"{shape}.bias": bias, f"{shape}.X": x}
        for format in FORMATS:
            for double in (False, True):
                layer = bnb.nn.Linear4bit(
                    inputs, outputs, compute_dtype=torch.float32, quant_type=format
                )
                layer.weight = bnb.nn.Params4bit(
                    w.clone(), requires_grad=False, quant_type=format, blocksize=64,
                    compress_statistics=double,
                )
                layer.bias = torch.nn.Parameter(bias.clone(), requires_grad=False)
                layer = layer.to("cpu").eval()
                layer.support_avx512bf16_for_cpu = False
                restored = F.dequantize_4bit(layer.weight.data, layer.weight.quant_state)
                y = layer(x)
                exact = (x.double() @ restored.double().T + bias.double())
                assert (y - exact).abs().max() < 1e-5, "not float32 arithmetic"
                case = f"{shape}.{format}" + (".double" if double else "")
                tensors[f"{case}.Y"] = y
                size = [outputs, inputs]
                cases.append({"case": case, "shape": size, "format": format, "double": double})
    write_tensors(DIRECTORY / "linear_4bit.safetensors", tensors)
    write_json(DIRECTORY / "linear_4bit.json", cases, compact=True)
    print(f"bitsandbytes: {len(cases)} Linear4bit outputs")


def make():
    make_four_bit()
    make_int8()
    make_linear_4bit()
