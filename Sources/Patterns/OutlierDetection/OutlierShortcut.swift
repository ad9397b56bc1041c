/// A wrong way to build outlier detection that seems to work.
public enum OutlierShortcut: String, Sendable, Hashable, CaseIterable {
  /// Ejects every outlier, however many are out already.
  case ignoresShare = "ejects-beyond-the-share"
  /// A success does not end a row of failures.
  case neverBreaksRow = "success-does-not-end-the-row"
  /// Whoever was ejected stays out.
  case keepsOut = "ejected-for-ever"
}
