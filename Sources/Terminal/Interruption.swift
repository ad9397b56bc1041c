import CReadline

/// Ctrl-C while a command runs: a wish that long work asks about and follows.
///
/// Pressed once it sets `isRequested`; work that does not ask can still be left, since the second
/// time ends the program.
public enum Interruption {
  /// Whether Ctrl-C was pressed since the work began; cheap enough to ask in a loop, on any thread.
  public static var isRequested: Bool { cinterruption_count() > 0 }

  /// Runs `work` with Ctrl-C turned into a wish, and gives Ctrl-C its former meaning afterwards.
  ///
  /// Needed where no `LineEditor` is, which does so for the time between its lines. Not to be
  /// nested.
  public static func watching<Result, Failure: Error>(
    _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    cinterruption_begin()
    defer { cinterruption_end() }
    return try work()
  }
}
