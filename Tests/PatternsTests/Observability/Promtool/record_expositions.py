#!/usr/bin/env python3
"""Has a real promtool check random expositions and writes down what it says of them.

    record_expositions.py PROMTOOL SEED COUNT > expositions.json

Of the texts made, equally many are kept that it takes, that it only warns of, and that it refuses.
"""
import json, random, subprocess, sys

PROMTOOL, SEED, COUNT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
R = random.Random(SEED)
NAMES = ("m m_total a:b my_gauge http_requests_total lat_seconds lat_ms x_bytes x_kilobytes temp_celsius "
         "temp_fahrenheit fooBar foo_bar_count foo_bucket foo_sum size_mb a_minutes_total _x h_info "
         "node_counter_x x_histogram x_s s load_ratio Abc x_created foo_milliseconds_total gauge "
         "a_gauge_b x_hours x_summary_y é 9a a.b untyped_x x_kelvin gibibytes x_info_total").split()
KINDS = ["counter", "gauge", "histogram", "summary", "untyped"]
ODD_KINDS = ["info", "stateset", "unknown", "gaugehistogram", "GAUGE", "gauge_histogram", ""]
ODD_VALUES = ["+Inf", "Inf", "NaN", "nan", "1_000", "0x1p3", "1.", ".5", "1e", "abc", "1e400", "+NaN",
              "--1", "1,5", "'1'"]
ODD_LABELS = ["le", "quantile", "fooBar", "__name__", "__x", "A", "_", "1a", "a:b", "", "a-b"]
ODD_TEXTS = ['"x\\"y"', '"x\\\\y"', '"x\\ny"', '"\\t"', '""', '"é"', '"a\nb"', "'x'", "x", '"x', '"a}b"']
ODD_LINES = ["", "# comment", "#", "# EOF", "# UNIT x seconds", "   ", "# TYPE", "# HELP x",
             "# TYPE 9 gauge", '{a="1"} 1']
STAMPS = ["1700000000000", "-5", "1.5", "+7", "1 2", "1 ", '# {trace_id="x"} 1', "1e3"]


def odd(share, rare, usual):
    return R.choice(rare if R.random() < share else usual)


def value():
    return odd(0.15, ODD_VALUES, ["0", "1", "-1", "1.5", "1e3", "42"])


def labels():
    gap = lambda: odd(0.1, [" ", "\t"], [""])
    pairs = [odd(0.15, ODD_LABELS, list("abcd")) + gap() + odd(0.05, ["=~", ":", " "], ["="]) + gap()
             + odd(0.15, ODD_TEXTS, ['"x"', '"1"', '"+Inf"']) for _ in range(R.randint(0, 3))]
    return "{" + gap() + R.choice([",", ", "]).join(pairs) + odd(0.1, [",", ",,"], [""]) + odd(0.05, [""], ["}"])


def sample(name):
    line = name + R.choice(["", labels(), labels()]) + odd(0.1, ["\t", "  ", ""], [" "]) + value()
    return line + (" " + R.choice(STAMPS) if R.random() < 0.08 else "")


def family():
    name, kind = R.choice(NAMES), odd(0.1, ODD_KINDS, KINDS)
    lines = []
    if R.random() < 0.85:
        lines.append(odd(0.1, ["# HELP {}", "# HELP {} a\\nb", "#HELP {} x", "# HELP {} \\q"],
                         ["# HELP {} x"]).format(name))
    if R.random() < 0.85:
        lines.append(odd(0.1, ["# TYPE  {}  {}", "# TYPE {} {} ", "#TYPE {} {}", "# TYPE {}\t{}"],
                         ["# TYPE {} {}"]).format(name, kind))
    if kind == "histogram" and R.random() < 0.8:
        for bound in R.choice([["1", "+Inf"], ["0.5", "1", "+Inf"], ["1"], ["x"], ["Inf"]]):
            more = R.choice(["", "", 'a="1",', 'jobName="x",'])
            lines.append(f'{name}_bucket{{{more}le="{bound}"}} {value()}')
        lines += [f"{name}_sum {value()}", f'{name}_count{R.choice(["", "{le=chr}".replace("chr", chr(34) * 2)])} 1']
    elif kind == "summary" and R.random() < 0.8:
        for bound in R.choice([["0.5", "0.9"], ["x"], ["NaN"]]):
            lines.append(f'{name}{{quantile="{bound}"}} {value()}')
        lines += [f"{name}_sum {value()}", f"{name}_count 1"]
    else:
        lines += [sample(name) for _ in range(R.choice([0, 1, 1, 2]))]
    return lines + ([R.choice(ODD_LINES)] if R.random() < 0.1 else [])


kept = {0: [], 3: [], 1: []}
seen = set()
while any(len(cases) < COUNT // 3 for cases in kept.values()):
    text = "\n".join(sum((family() for _ in range(R.randint(1, 3))), [])) + odd(0.1, ["", "\n\n", "\r\n"], ["\n"])
    if text in seen:
        continue
    seen.add(text)
    run = subprocess.run([PROMTOOL, "check", "metrics"], input=text.encode(), capture_output=True)
    cases = kept[run.returncode]
    if len(cases) < COUNT // 3:
        said = (run.stdout + run.stderr).decode().split("\n")
        cases.append({"input": text, "exit": run.returncode, "messages": [line for line in said if line]})
lines = ",\n  ".join(json.dumps(case) for cases in kept.values() for case in cases)
print('{\n "tool": "prometheus", "version": "2.42.0+ds",\n "made_by": "record_expositions.py PROMTOOL '
      f'{SEED} {COUNT}, promtool of Debian 12",\n "observed": [\n  {lines}\n ]\n}}')
