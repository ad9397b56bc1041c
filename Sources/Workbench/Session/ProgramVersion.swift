/// The version of the program: what `--version` and `doctor` say.
///
/// Replay tokens carry the version of their mechanism instead, which only changes when a run of the
/// same settings and seed would tell another story.
public enum ProgramVersion {
  /// The version, as `MAJOR.MINOR.PATCH`.
  public static let text = "0.9.0"
}
