import Kernel
import Presentation

/// `estimate language`: the whole of the language on one screen, by examples.
struct EstimateLanguageCommand: Command {
  let spec = CommandSpec(
    "estimate language", .estimating, "Shows the language of estimates on one screen, by examples.")

  /// Lines that can be typed one after the other, with what they show.
  static let examples: [(line: String, meaning: String)] = [
    ("users = 50M users", "a name; k M G T P touch their number, million and billion stand apart"),
    ("active = 40% * users", "names and units in formulas: + - * / ^ ( )"),
    ("rate = active * 20 messages/user/day", "units multiply, divide and cancel"),
    ("rate -> messages/s", "the same in another unit"),
    ("_ * 200 B/message", "_ is the last result; B is byte, GB decimal, GiB binary, Gbit bits"),
    ("size = 5 to 20 GB", "a range that you are 90% sure of"),
    (
      "size * 3 * 30 days/day", "month is 30 days, year 365, unless 'unit month = …' says otherwise"
    ),
    ("unit tweet", "another countable; 'unit bundle = 500 messages' names a number of one"),
    ("price = $0.09/GB * size", "money, per unit"),
    ("500M users * ? -> messages/s", "? asks which unit the factor must have"),
    ("decide disks = ceil(size / 8 GB)", "a result that something hangs on: 'explain disks'"),
    ("expect disks = 1 to 3", "whether a result falls where it should"),
    ("other = 2 to 4 GB; correlate size, other = 0.6", "inputs that go together"),
    ("peak(rate, 3)", "functions: 'estimate functions' lists them"),
    ("size < 16 GB", "a comparison: yes, no, or how often"),
    ("users = 80M users  # comment", "said anew: all that depends on it follows"),
  ]

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    Reply(
      Document([
        .table(
          Table([.init(""), .init("")], Self.examples.map { [.code($0.line), Text($0.meaning)] })),
        .text("'estimate' opens a sheet to try them; '= LINE' takes one from anywhere."),
      ]))
  }
}
