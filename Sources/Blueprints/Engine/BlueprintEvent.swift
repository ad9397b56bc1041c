/// What can happen in a design; the numbers are places in its tables.
enum BlueprintEvent {
  /// A client of the source may send a request.
  case arrival(UInt16)
  /// A visit reaches its instance.
  case arrives(UInt32)
  /// The own work on a visit ends.
  case worked(UInt32)
  /// The answer of a visit reaches its caller.
  case answered(UInt32)
  /// The caller of a visit has waited long enough.
  case timedOut(UInt32)
  /// A visit is tried again.
  case retry(UInt32)
  /// A visit takes so long that a copy is sent.
  case hedge(UInt32)
  /// A fault begins or ends.
  case faultIsDue
  /// The charts take their next point.
  case tick
  /// The scaling rule of a component looks.
  case scale(UInt16)
  /// A new instance is ready.
  case booted(UInt32)
  /// The instances of a component are probed.
  case probe(UInt16)
  /// A shard without a primary gets one.
  case promote(UInt16, shard: UInt16)
}
