"""Sample county sites made by the project: invented content in the layouts and CMS families of real ones.

``World.build`` makes the counties, agencies and reports from a seed and knows
the truth about every cell; ``serve`` puts the sites on loopback;
``write_registry`` writes the files a crawl starts from. The demo, the tests and
the benchmarks use the same generator with other seeds and sizes.
"""
