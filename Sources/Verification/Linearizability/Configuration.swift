/// One way in which things may stand at a level: the state, and which operations brought it about.
struct Configuration<Slots: SlotSet> {
  /// The number of the state.
  var state = Transitions.initial
  /// The open operations in effect that changed the state.
  var changes = Slots()
  /// The open operations in effect that only observed.
  var observations = Slots()
  /// The crashed operations that took effect.
  var crashed = Slots()
}

extension LinearizationProblem {
  /// Lets every open observation take effect that the state allows.
  ///
  /// An observation can always take effect as soon as it may: it changes nothing for the others.
  @inline(__always) func absorb<Slots>(
    _ configuration: inout Configuration<Slots>, at level: Int, _ transitions: inout Transitions
  ) {
    for place in observations(at: level) {
      let open = observation(place)
      if !configuration.observations.contains(Int(open.slot)),
        transitions.next(configuration.state, open.kind) != Transitions.refused
      {
        configuration.observations.insert(Int(open.slot))
      }
    }
  }

  /// Leaves the level behind if what returns there is in effect; says whether it is.
  @inline(__always) func pass<Slots>(
    _ configuration: inout Configuration<Slots>, _ level: Int
  ) -> Bool {
    let slot = Int(returning[level].slot)
    if isObservation[level] {
      guard configuration.observations.contains(slot) else { return false }
      configuration.observations.remove(slot)
    } else {
      guard configuration.changes.contains(slot) else { return false }
      configuration.changes.remove(slot)
    }
    return true
  }

  /// The configuration after the open change at `place` takes effect; nil when the state refuses
  /// it, it is in effect, or another with the same action that returns earlier is not.
  ///
  /// Of equal open actions the one that must be in effect first may always go first.
  @inline(__always) func applying<Slots>(
    _ place: Int, to configuration: Configuration<Slots>, at level: Int,
    _ transitions: inout Transitions
  ) -> Configuration<Slots>? {
    let open = change(place)
    guard !configuration.changes.contains(Int(open.slot)) else { return nil }
    for earlier in changes(at: level).lowerBound..<place {
      let other = change(earlier)
      if other.kind == open.kind, !configuration.changes.contains(Int(other.slot)) { return nil }
    }
    let next = transitions.next(configuration.state, open.kind)
    guard next != Transitions.refused else { return nil }
    var changed = configuration
    changed.state = next
    changed.changes.insert(Int(open.slot))
    return changed
  }

  /// The configuration after the crashed operation at `place` takes effect; nil when it did
  /// already, would change nothing, or an equal one may go before it.
  @inline(__always) func applyingCrashed<Slots>(
    _ place: Int, to configuration: Configuration<Slots>, at level: Int,
    _ transitions: inout Transitions
  ) -> Configuration<Slots>? {
    let operation = crashed[place]
    guard !configuration.crashed.contains(place),
      operation.twin < 0 || configuration.crashed.contains(Int(operation.twin))
    else { return nil }
    let next = transitions.next(configuration.state, operation.kind)
    guard next != Transitions.refused, next != configuration.state else { return nil }
    for open in changes(at: level) {
      let other = change(open)
      if other.kind == operation.kind, !configuration.changes.contains(Int(other.slot)) {
        return nil
      }
    }
    var changed = configuration
    changed.state = next
    changed.crashed.insert(place)
    return changed
  }
}
