import Kernel

/// The segmented LRU: what a read does, and how items flow from segment to segment.
extension MemcachedSlabs {
  /// Takes note of a read.
  ///
  /// The second one makes an item active, and an active item of COLD goes to WARM.
  public mutating func read(_ number: Int, at second: Int) {
    guard var item = held[number] else { return }
    defer { maintain(item.clsid, at: second) }
    if !options.isSegmented {
      item.isFetched = true
      let isDue = item.time < second - Self.updateInterval
      if isDue { item.time = second }
      held[number] = item
      if isDue { move(number, to: .cold) }
      return
    }
    guard !item.isActive else { return }
    guard item.isFetched else {
      item.isFetched = true
      held[number] = item
      return
    }
    item.isActive = true
    if item.segment == .cold {
      item.time = second
      item.isActive = false
      held[number] = item
      move(number, to: .warm)
    } else {
      if item.time < second - Self.updateInterval { item.time = second }
      held[number] = item
    }
  }

  /// What the maintainer thread does with one class: HOT and WARM flow over into COLD.
  ///
  /// memcached does it from a thousand times a second to once; here it follows each command.
  public mutating func maintain(_ clsid: Int, at second: Int) {
    guard options.isSegmented else { return }
    let total = classes[clsid].bytes.reduce(0, +)
    let age = tail(clsid, .cold).map { second - $0.item.time } ?? 0
    for _ in 0..<500 {
      // Items may be older in HOT than a fifth of the oldest cold one, in WARM than twice its age.
      var moved = pull(clsid, .hot, total: total, maxAge: Double(age) * 0.2, at: second)
      if moved == 0 {
        moved = pull(clsid, .warm, total: total, maxAge: Double(age) * 2, at: second)
      }
      moved += pull(clsid, .cold, at: second)
      if moved == 0 { break }
    }
  }

  /// The class of an item that is kept.
  public func clsid(ofItem number: Int) -> Int? { held[number]?.clsid }

  private func tail(_ clsid: Int, _ segment: Segment) -> (number: Int, item: Held)? {
    let lists = classes[clsid].lists
    let slot = lists.tail(segment.rawValue)
    guard slot != segment.rawValue else { return nil }
    let number = Int(lists.slots[Int(slot)].key)
    return held[number].map { (number, $0) }
  }

  /// Looks at up to five items from the end of a segment; returns how many it moved or removed.
  mutating func pull(
    _ clsid: Int, _ segment: Segment, total: Int = 0, maxAge: Double = 0,
    isEvicting: Bool = false, at second: Int
  ) -> Int {
    var removed = 0
    var slot = classes[clsid].lists.tail(segment.rawValue)
    for _ in 0..<5 {
      guard slot != segment.rawValue else { break }
      let number = Int(classes[clsid].lists.slots[Int(slot)].key)
      let next = classes[clsid].lists.slots[Int(slot)].previous
      guard var item = held[number] else { break }
      if let expiry = item.expiry, expiry < second {
        drop(number)
        removed += 1
        slot = next
        continue
      }
      switch segment {
      case .hot, .warm:
        let percent = segment == .hot ? options.hotPercent : options.warmPercent
        if item.isActive {
          item.isActive = false
          removed += 1
          let isDue = item.time < second - Self.updateInterval
          if segment == .warm, isDue { item.time = second }
          held[number] = item
          if segment == .hot || isDue { move(number, to: .warm) }
          if segment == .hot { return removed }
        } else {
          let isOver = classes[clsid].bytes[Int(segment.rawValue)] > total * percent / 100
          guard isOver || Double(second - item.time) > maxAge else { return removed }
          move(number, to: .cold)
          return removed + 1
        }
      case .cold:
        if isEvicting {
          guard options.isEvicting else { return removed }
          classes[clsid].evicted += 1
          if !item.isFetched { classes[clsid].evictedUnfetched += 1 }
          drop(number)
          return removed + 1
        }
        guard item.isActive, options.isSegmented else { return removed }
        item.isActive = false
        held[number] = item
        move(number, to: .warm)
        return removed + 1
      }
      slot = next
    }
    return removed
  }

  private mutating func drop(_ number: Int) {
    release(number)
    gone.append(number)
  }
}
