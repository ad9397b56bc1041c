#!/usr/bin/env python3
"""Asks a real Prometheus random questions and writes down what it answers.

    record.py PROMTOOL SEED GROUPS QUERIES > queries.json
    record.py PROMTOOL SEED GROUPS QUERIES anchored > anchored.json

Each group has random series and random queries over them; `promtool test rules` evaluates them with
the real engine, and says what it got since every expectation is empty. A group is written as the
other recordings of Prometheus are: steps and observed.

Left out on purpose: native histograms, and functions whose last digit is the C library's to choose
are compared with a little tolerance by the test. Left out too is what is not the same each time:
promtool loads the series in the order of a Go map, and on it depend which of equal samples `topk`
keeps and what the last digit of a sum is.

`anchored` asks about `@` inside subqueries, where the real engine evaluates at the first step only
what does not change. Left out there is a subquery whose first step happens to be the time of the
query around it: the real engine then forgets to move what has an `@` in it.
"""
import json, random, re, subprocess, sys, tempfile

VERSION = re.compile(r"version (\S+)")
# All samples are equal here. The real one drops a series that began later than the others, in
# every round; the engine of this project takes series by their labels, so it drops another.
LEFT_OUT = {"round(bottomk without (i) (2, timestamp(g)))",
            # The first step of the subquery is the time of the query, see above.
            "holt_winters((c @ 360)[5m:2m] @ 300, 0.5, (time() + 1) / 3000)"}
# How often each query is asked.
ROUNDS = 8
TIMES = ["0s", "3m", "7m", "12m", "15m30s", "20m"]
CALLS = ["abs", "ceil", "floor", "exp", "ln", "log2", "log10", "sqrt", "sgn", "round", "sin", "cos",
         "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "deg",
         "rad", "sort", "sort_desc", "timestamp", "absent"]
DATES = ["minute", "hour", "day_of_week", "day_of_month", "day_of_year", "days_in_month", "month",
         "year"]
RANGES = ["rate", "irate", "increase", "delta", "idelta", "deriv", "changes", "resets",
          "avg_over_time", "sum_over_time", "min_over_time", "max_over_time", "count_over_time",
          "last_over_time", "present_over_time", "stddev_over_time", "stdvar_over_time",
          "absent_over_time"]
AGGREGATES = ["sum", "avg", "count", "min", "max", "group", "stddev", "stdvar"]


class Source:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, items):
        return self.random.choice(items)

    def chance(self, share):
        return self.random.random() < share

    def values(self, kind):
        words, value = [], self.random.randint(0, 50)
        for _ in range(20):
            if self.chance(0.08):
                words.append("_")
                continue
            if kind == "c":
                value = self.random.randint(0, 5) if self.chance(0.1) else value + self.random.randint(0, 30)
            else:
                value = round(self.random.uniform(-20, 20), self.random.randint(0, 3))
                if self.chance(0.03):
                    words.append(self.pick(["NaN", "Inf", "-Inf", "stale"]))
                    continue
            words.append(str(value))
        if self.chance(0.15):
            words.append("stale")
        return " ".join(words)

    def series(self):
        found = []
        for name in ["c", "g"]:
            for i in "123":
                for job in ["a", "b"]:
                    if self.chance(0.75):
                        found.append((f'{name}{{i="{i}",job="{job}"}}', self.values(name)))
        for job in ["a", "b"]:
            counts = [0] * 4
            rows = [[] for _ in counts]
            for _ in range(20):
                for place in range(4):
                    counts[place] += self.random.randint(0, 6)
                for place in range(4):
                    rows[place].append(str(sum(counts[: place + 1])))
            for bound, row in zip(["0.1", "0.5", "2", "+Inf"], rows):
                found.append((f'h_bucket{{job="{job}",le="{bound}"}}', " ".join(row)))
        return found

    def number(self):
        return self.pick(["0", "1", "2", "0.5", "-3", "1e3", "0x1f", "NaN", "Inf", "pi()", "time()",
                          "scalar(g{i=\"1\",job=\"a\"})", "(2 ^ 3 % 5)"])

    def matcher(self):
        return self.pick(['i="1"', 'i!="2"', 'i=~"1|3"', 'job="a"', 'job!~"b.*"', 'job=~".+"'])

    def modifiers(self):
        return self.pick(["", "", "", "", " offset 2m", " offset -3m", " @ 300", " @ end()", " @ 240 offset 1m"])

    def selector(self, plain=False):
        name = self.pick(["c", "c", "g", "g", "h_bucket"])
        text = name + ("{" + self.matcher() + "}" if name != "h_bucket" and self.chance(0.4) else "")
        return text if plain else text + self.modifiers()

    def window(self):
        return self.pick(["1m", "2m", "3m30s", "5m", "10m", "90s"])

    def matrix(self, depth):
        if self.chance(0.3):
            return f"({self.vector(depth - 1)})[{self.pick(['5m', '10m'])}:{self.pick(['', '30s', '1m', '2m'])}]" + self.modifiers()
        return f"{self.selector(plain=True)}[{self.window()}]" + self.modifiers()

    def grouping(self):
        return self.pick(["", " by (job)", " by (i)", " without (i)", " by (i, job)", " without (job)", " by (nope)"])

    def matching(self):
        return self.pick(["", "on (i, job) ", "ignoring (nope) ", "on (i) ", "on (job) group_left () ",
                          "on (i) group_right () ", "ignoring (i) group_left (job) ", "on (job) group_left (i) "])

    def vector(self, depth):
        if depth <= 0 or self.chance(0.15):
            return self.selector()
        kind = self.random.randrange(12)
        inner = lambda: self.vector(depth - 1)
        if kind <= 1:
            name = self.pick(CALLS)
            return f"{name}({inner()})"
        if kind == 2:
            return self.pick([
                f"{self.pick(DATES)}()", f"{self.pick(DATES)}(vector({self.random.randint(0, 4 * 10**9)}))",
                f"{self.pick(DATES)}(vector(-{self.random.randint(0, 10**9)}.5))"])
        if kind <= 4:
            name = self.pick(RANGES)
            return f"{name}({self.matrix(depth)})"
        if kind == 5:
            return self.pick([
                f"quantile_over_time({self.pick(['0', '0.3', '0.99', '1', '-1', '2'])}, {self.matrix(depth)})",
                f"predict_linear({self.matrix(depth)}, {self.number()})",
                f"holt_winters({self.matrix(depth)}, {self.pick(['0.1', '0.5', '0.9', '1'])}, {self.pick(['0.2', '0.7'])})"])
        if kind <= 7:
            if self.chance(0.35):
                return self.pick([
                    f"topk{self.grouping()} ({self.pick('123')}, {inner()})",
                    f"bottomk{self.grouping()} ({self.pick('123')}, {inner()})",
                    f"quantile{self.grouping()} ({self.pick(['0.1', '0.5', '0.9', '1.5'])}, {inner()})",
                    f"count_values{self.grouping()} (\"v\", round({inner()}))"])
            return f"{self.pick(AGGREGATES)}{self.grouping()} ({inner()})"
        if kind == 8:
            return self.pick([
                f"clamp({inner()}, {self.number()}, {self.number()})", f"clamp_min({inner()}, {self.number()})",
                f"clamp_max({inner()}, {self.number()})", f"round({inner()}, {self.pick(['0.5', '3', '10'])})",
                f"-({inner()})", f"vector({self.number()})"])
        if kind == 9:
            return self.pick([
                f"label_replace({inner()}, \"dst\", \"$1-x\", \"i\", \"(.+)\")",
                f"label_replace({inner()}, \"job\", \"${{1}}\", \"i\", \"(2|3)\")",
                f"label_join({inner()}, \"both\", \"/\", \"job\", \"i\")",
                f"histogram_quantile({self.pick(['0.5', '0.9', '0', '1', '1.2'])}, sum by (le) (rate(h_bucket[5m])))",
                f"histogram_quantile({self.pick(['0.5', '0.99'])}, {self.pick(['h_bucket', 'rate(h_bucket[5m])', 'h_bucket offset 5m'])})"])
        sign = self.pick(["+", "-", "*", "/", "%", "^", "atan2", "==", "!=", ">", "<", ">=", "<=",
                          "and", "or", "unless"])
        is_set = sign in ("and", "or", "unless")
        boolean = "bool " if sign in ("==", "!=", ">", "<", ">=", "<=") and self.chance(0.4) else ""
        if not is_set and self.chance(0.4):
            left, right = inner(), self.number()
            if self.chance(0.5):
                left, right = right, left
            return f"({left}) {sign} {boolean}({right})"
        matching = self.matching()
        if is_set:
            matching = self.pick(["", "on (i) ", "ignoring (job) ", "on (i, job) "])
        return f"({inner()}) {sign} {boolean}{matching}({inner()})"


class AnchoredSource(Source):
    """Functions of ranges with an `@`, some of which change from step to step, in subqueries."""

    def anchor(self):
        return self.pick([" @ 300", " @ 480", " @ 600", " @ end()", " @ start()", " @ 300 offset 1m",
                          " @ 720 offset -2m", " @ 0"])

    def matrix(self, depth):
        chance = self.random.random()
        if chance < 0.5:
            return f"{self.pick('cg')}[{self.window()}]{self.anchor()}"
        if chance < 0.8:
            inner = self.pick(["c", "g", "c offset 1m", "rate(c[3m])", "rate(c[3m] @ 300)", "c @ 360"])
            return f"({inner})[{self.window()}:{self.pick(['1m', '30s', '2m'])}]{self.anchor()}"
        return f"{self.pick('cg')}[{self.window()}]{self.modifiers()}"

    def vector(self, depth):
        kind = self.random.randrange(9) if depth > 0 else 0
        inner = lambda: self.vector(depth - 1)
        if kind <= 1:
            return self.pick([
                f"predict_linear({self.matrix(0)}, {self.pick(['60', '0', '-3', 'scalar(sum(c))'])})",
                f"quantile_over_time({self.pick(['scalar(sum(c)) / 400', '0.5', 'time() / 2000'])}, {self.matrix(0)})",
                f"holt_winters({self.matrix(0)}, 0.5, (time() + 1) / 3000)"])
        if kind == 2:
            return f"timestamp({self.pick('cg')}{self.anchor()})"
        if kind == 3:
            return f"topk({self.pick(['1', '2', 'scalar(count(g))'])}, {self.pick('cg')}{self.anchor()})"
        if kind == 4:
            return f"quantile by (job) (time() / 2000, {self.pick('cg')}{self.anchor()})"
        if kind == 5:
            return f"({inner()}) {self.pick('+-*')} ({inner()})"
        if kind == 6:
            return f"{self.pick(DATES)}({inner()})"
        name = self.pick(["sum_over_time", "max_over_time", "last_over_time", "count_over_time", "rate"])
        return (f"{name}(({inner()})[{self.window()}:{self.pick(['1m', '30s', '2m'])}]"
                f"{self.pick(['', '', ' offset 1m', self.anchor()])})")


def ask(promtool, series, queries):
    lines = ["evaluation_interval: 1m", "tests:", "  - interval: 1m", "    input_series:"]
    for name, values in series:
        lines += [f"      - series: {json.dumps(name)}", f"        values: {json.dumps(values)}"]
    lines += ["    promql_expr_test:"]
    for expr, time in queries:
        lines += [f"      - expr: {json.dumps(expr)}", f"        eval_time: {time}"]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        run = subprocess.run([promtool, "test", "rules", file.name], capture_output=True, text=True)
    return run.stdout + run.stderr


BLOCK = re.compile(
    r'expr: ("(?:[^"\\]|\\.)*"), time: (\w+),(?: err: (.*)|\n\s+exp: nil\n\s+got: (.*))')


def answers(output, queries):
    """What promtool says of each query, in their order; it is silent where nothing came out."""
    blocks, found = BLOCK.findall(output), []
    for expr, time in queries:
        result = {"result": "nil"}
        if blocks and blocks[0][:2] == (json.dumps(expr), time):
            _, _, error, got = blocks.pop(0)
            result = {"error": error.strip()} if error else {"result": got.strip()}
        found.append({"expr": expr, "time": time, **result})
    assert not blocks, blocks[0]
    return found


def same(rounds):
    """The answers that every round gave; errors name one of several series, so they count as one."""
    plain = lambda item: "error" if "error" in item else item["result"]
    return [items[0] for items in zip(*rounds) if len({plain(item) for item in items}) == 1]


def main():
    promtool, seed, groups, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    version = subprocess.run([promtool, "--version"], capture_output=True, text=True)
    kind = AnchoredSource if sys.argv[5:] == ["anchored"] else Source
    recorded = []
    for group in range(groups):
        source = kind(seed * 1000 + group)
        series = source.series()
        queries = [(source.vector(3), source.pick(TIMES)) for _ in range(3 * count)]
        observed, empty = [], 0
        rounds = [answers(ask(promtool, series, queries), queries) for _ in range(ROUNDS)]
        for item in same(rounds):
            if item["expr"] in LEFT_OUT:
                continue
            # Queries that say little are kept to a few.
            if item.get("result") == "nil" or "error" in item:
                if empty * 8 > count:
                    continue
                empty += 1
            if len(observed) < count:
                observed.append(item)
        # Samples are loaded up to the last time asked for, here and in the replay.
        assert any(item["time"] == TIMES[-1] for item in observed) and len(observed) == count
        recorded.append({
            "steps": {"input_series": [{"series": name, "values": values} for name, values in series]},
            "observed": observed})
    print(json.dumps({
        "tool": "prometheus", "version": VERSION.search(version.stdout + version.stderr).group(1),
        "made_by": f"record.py PROMTOOL {' '.join(sys.argv[2:])}, promtool of Debian 12",
        "configuration": {"interval": "1m", "evaluation_interval": "1m"}, "groups": recorded}, indent=1))


if __name__ == "__main__":
    main()
