#!/usr/bin/env python3
"""Has a real promtool evaluate random groups of rules and writes down the series that they make.

    record_rules.py PROMTOOL SEED TESTS > rules.json

Each test has one or two groups of recording and alerting rules, some of which see what others have
just written or wrote a step before, and asks for every series at every minute. `rules` and
`groups` in the configuration are as in rule files; groups are evaluated in the order given.
"""
import json, subprocess, sys, tempfile
import record

MINUTES = 14


def rules(source):
    """Rules over `m`, over what rules of the same group record, and over alerts."""
    found, names = [], ["r1", "r2", "r3"]
    source.random.shuffle(names)
    for name in names[: source.random.randint(1, 3)]:
        inner = source.pick(["m", "sum(m)", "sum by (job) (m)", "max_over_time(m[3m])", "m > 3",
                             "rate(m[2m])", f"{source.pick(names)} + 1", f"{source.pick(names)} * m",
                             "count(ALERTS) or vector(0)", "changes(r1[3m])"])
        rule = {"record": name, "expr": inner}
        if source.chance(0.3):
            rule["labels"] = source.pick([{"src": "x"}, {"job": ""}, {"i": "9", "src": "y"}])
        found.append(rule)
    for name in source.pick([["A"], ["A", "B"]]):
        rule = {"alert": name, "expr": source.pick(
            ["m > 5", "m > 3", "sum(m) > 12", f"{source.pick(names)} > 6", "absent(m)", "m == 0",
             'count(ALERTS{alertname="A",alertstate="firing"}) > 0'])}
        if source.chance(0.6):
            rule["for"] = source.pick(["1m", "2m", "3m", "90s"])
        if source.chance(0.5):
            rule["keep_firing_for"] = source.pick(["1m", "2m", "150s"])
        if source.chance(0.5):
            rule["labels"] = source.pick([
                {"severity": "page"}, {"v": "{{ $value }}"}, {"job": "gone"}, {"i": ""},
                {"who": "{{ $labels.job }}-{{$labels.i}}", "none": "{{ $labels.nope }}"}])
        if source.chance(0.3):
            rule["annotations"] = {"summary": "{{ $labels.i }} is {{ $value | humanize }}"}
        found.append(rule)
    if source.chance(0.3):
        source.random.shuffle(found)
    return found


def series(source):
    found = []
    for i, job in [("1", "a"), ("2", "a"), ("1", "b")]:
        words, value = [], 4
        for _ in range(MINUTES + 1):
            if source.chance(0.25):
                value = source.random.randint(0, 9)
            words.append(source.pick(["_", "stale"]) if source.chance(0.06) else str(value))
        if source.chance(0.8):
            found.append((f'm{{i="{i}",job="{job}"}}', " ".join(words)))
    return found or [("m", "0 6 6 6 0 0")]


def ask(promtool, series, groups, queries):
    with tempfile.TemporaryDirectory() as folder:
        for place, group in enumerate(groups):
            with open(f"{folder}/{place}.yml", "w") as file:
                json.dump({"groups": [group]}, file)
        # Every line of JSON is YAML.
        test = {"rule_files": [f"{place}.yml" for place in range(len(groups))],
                "group_eval_order": [group["name"] for group in groups],
                "evaluation_interval": "1m",
                "tests": [{"interval": "1m",
                           "input_series": [{"series": name, "values": text} for name, text in series],
                           "promql_expr_test": [{"expr": expr, "eval_time": time}
                                                for expr, time in queries]}]}
        with open(f"{folder}/test.yml", "w") as file:
            json.dump(test, file)
        run = subprocess.run([promtool, "test", "rules", f"{folder}/test.yml"], capture_output=True,
                             text=True)
    return run.stdout + run.stderr


def main():
    promtool, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    recorded = []
    number = seed * 1000
    while len(recorded) < count:
        number += 1
        source = record.Source(number)
        groups = [{"name": "one", "rules": rules(source)}]
        if source.chance(0.4):
            groups.append({"name": "two", "rules": [{"record": "again", "expr": "r1 + 1"}] + rules(source)})
        inputs = series(source)
        # Go prints minutes that make an hour otherwise.
        times = ["0s"] + [f"{minute}m" for minute in range(1, MINUTES + 1)]
        queries = [(expr, time) for expr in ["ALERTS", "ALERTS_FOR_STATE", "r1", "r2", "r3", "again"]
                   for time in times]
        rounds = [ask(promtool, inputs, groups, queries) for _ in range(3)]
        # A rule that fails ends the test.
        if any("FAILED" not in text or "err:" in text or "rule" in text for text in rounds):
            continue
        observed = [item for item in record.same([record.answers(text, queries) for text in rounds])]
        last = [item for item in observed if item["time"] == times[-1]]
        kept = [item for item in observed if item["result"] != "nil"]
        if len(kept) < 30:
            continue
        source.random.shuffle(kept)
        # Rules are evaluated up to the last time asked for.
        observed = kept[:30] + [item for item in last[:1] if item not in kept[:30]]
        recorded.append({
            "configuration": {"interval": "1m", "evaluation_interval": "1m", "groups": groups},
            "steps": {"input_series": [{"series": name, "values": text} for name, text in inputs]},
            "observed": observed})
    body = ",\n  ".join(json.dumps(group) for group in recorded)
    print('{\n "tool": "prometheus", "version": "2.42.0+ds",\n "made_by": "record_rules.py PROMTOOL '
          f'{seed} {count}, promtool of Debian 12",\n "groups": [\n  {body}\n ]\n}}')


main()
