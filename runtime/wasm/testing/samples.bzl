"""The files that write_samples writes: seeds for fuzzers."""

SAMPLE_NAMES = [
    "sections",
    "control",
    "exceptions",
    "legacy_exceptions",
    "memory",
    "custom_sections",
]

SAMPLE_FILES = [
    "//runtime/wasm/testing:samples/%s.wasm" % name
    for name in SAMPLE_NAMES
]
