"""The bill of materials as CycloneDX 1.6 and 1.7, in JSON and XML (ECMA-424).

cyclonedx-python-lib knows neither model cards nor compositions nor citations, and its
serializer takes time quadratic in the number of components, so the document is built here.
The library's schemas hold it to the standard in the tests.
"""
