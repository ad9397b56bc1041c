import Kernel

extension Resharding {
  /// Finds the first invariant that does not hold, or nil.
  ///
  /// **Bounded copying:** no more batches are under way than the window allows. **Whole parcels:** a
  /// parcel that has changed hands has no batch under way and no key left to copy. **Clean
  /// cut-over:** with a freeze no written key is left behind.
  public func checkInvariants() -> InvariantViolation? {
    if inFlight > options.window {
      return InvariantViolation(
        "bounded copying", witness: "\(inFlight) batches under way, \(options.window) allowed")
    }
    for (index, parcel) in parcels.enumerated() where parcel.phase == .committed {
      if parcel.inFlight > 0 || parcel.flow < parcel.flows.count {
        return InvariantViolation(
          "whole parcels", witness: "parcel \(index) changed hands before all was copied")
      }
      if options.cutOver == .freeze, !parcel.dirty.isEmpty || !parcel.round.isEmpty {
        return InvariantViolation(
          "clean cut-over",
          witness: "parcel \(index) left \(parcel.dirty.count) written keys behind")
      }
    }
    return nil
  }
}
