extension DisasterWorld.Event {
  /// Whether it may happen once the disaster has struck.
  var isAfterwards: Bool {
    switch self {
    case .back, .returned, .resynced, .failedBack: true
    case .commit, .look, .uploaded, .backupBegins, .backupEnds, .test, .applied, .copied,
      .checkpoint, .disaster, .noticed, .faultIsDue:
      false
    }
  }

  /// Whether it goes on while another site serves.
  var isServing: Bool {
    switch self {
    case .commit, .checkpoint: true
    case .look, .uploaded, .backupBegins, .backupEnds, .test, .applied, .copied, .disaster,
      .noticed, .faultIsDue, .back, .returned, .resynced, .failedBack:
      false
    }
  }
}
