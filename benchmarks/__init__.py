"""What the package costs against the bare libraries below it, as ratios of one run of `python -m benchmarks`.

Each module here that has `tables()` is a benchmark; `python -m benchmarks events` runs one.
"""
