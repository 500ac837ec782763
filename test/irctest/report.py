"""Says what a run of irctest found: report.py RESULTS.xml irctest.md. Its exit code is 1 where a test failed that the
second file does not name as `file.py::Class::test`, or where none ran."""

import sys
from collections import Counter
from xml.etree import ElementTree

results, named = sys.argv[1], open(sys.argv[2], encoding="utf-8").read()
counts, reasons, failures = Counter(), Counter(), []
try:
    cases = list(ElementTree.parse(results).iter("testcase"))
except ElementTree.ParseError:
    cases = []
for case in cases:
    path, _, group = case.get("classname").removeprefix("irctest.server_tests.").rpartition(".")
    name = f"{path.replace('.', '/')}.py::{group}::{case.get('name')}"
    kinds = {child.tag: child for child in case}
    if "failure" in kinds or "error" in kinds:
        counts["failed"] += 1
        failures.append(name)
    elif "skipped" in kinds:
        counts["skipped"] += 1
        reasons[f"{path.replace('.', '/')}.py: {kinds['skipped'].get('message')}"] += 1
    else:
        counts["passed"] += 1

for reason, count in sorted(reasons.items()):
    print(f"skipped: {count} of {reason}")
unknown = [name for name in failures if f"`{name.split('[')[0]}`" not in named]
for name in failures:
    print(f"failed{'' if name in unknown else ', by design'}: {name}")
print(f"irctest: {counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
sys.exit(1 if unknown or not cases else 0)
