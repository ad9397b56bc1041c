import Presentation

/// How documents look on an output: decided once, from what the user and the terminal say.
public struct ScreenStyle: Sendable, Hashable {
  /// The columns, at least 20.
  public var width: Int
  /// Whether there may be colour and drawings.
  public var isDrawn: Bool
  /// Whether nothing but ASCII may be written.
  public var isAsciiOnly: Bool

  /// The columns where nothing tells them.
  public static let usualWidth = 80

  /// The style for an output.
  ///
  /// `isPlain` is the flag `--plain`. Plain as well are outputs that are no terminal, terminals
  /// without abilities (`TERM=dumb`), environments with `NO_COLOR`, and locales without UTF-8.
  /// `COLUMNS` comes before the width that the terminal reports.
  public init(
    isPlain: Bool, isTerminal: Bool, reportedWidth: Int?, environment: [String: String]
  ) {
    isAsciiOnly = !Self.isUTF8(environment)
    let terminal = environment["TERM"] ?? ""
    let isAble = isTerminal && !["", "dumb"].contains(terminal)
    let wantsColour = (environment["NO_COLOR"] ?? "").isEmpty
    isDrawn = isAble && wantsColour && !isPlain && !isAsciiOnly
    let wanted = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
    let reported = reportedWidth.flatMap { $0 > 0 ? $0 : nil }
    width = min(1_000, max(20, wanted ?? reported ?? Self.usualWidth))
  }

  /// The renderer for the style.
  public var renderer: any Renderer {
    isDrawn
      ? AnsiRenderer(width: width) : PlainRenderer(width: width, isAsciiOnly: isAsciiOnly)
  }

  /// Whether the locale is one of UTF-8; without any locale it is taken for one.
  static func isUTF8(_ environment: [String: String]) -> Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }
    guard let locale = names.first(where: { !$0.isEmpty }) else { return true }
    let name = locale.lowercased()
    return name.contains("utf-8") || name.contains("utf8")
  }
}
