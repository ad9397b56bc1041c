import Kernel
import Patterns
import Simulation

extension CartUniverse {
  /// A device that has thought changes its cart, unless the household has paid or all is over.
  mutating func beginChange(_ place: Int) {
    guard now < setup.quietFrom, !devices[place].isPaid else { return }
    guard setup.checkoutAt.map({ now < $0 }) ?? true else { return }
    // What is taken out is chosen when the cart has been read.
    begin(place, devices[place].random.chance(setup.removeShare) ? .remove(-1) : .add(-1))
  }

  /// Begins something, now or when what is under way is over.
  mutating func begin(_ place: Int, _ action: CartRecord.Action) {
    guard devices[place].errand == nil else {
      devices[place].waiting.append(action)
      return
    }
    if action == .checkOut { devices[place].isPaid = true }
    devices[place].errand = CartDevice.Errand(
      action: action, beganAt: now, isTroubled: !cluster.environment.active.isEmpty,
      request: request(place, .read), target: devices[place].nearest)
    send(place)
  }

  private mutating func request(_ place: Int, _ action: StoreAction) -> StoreRequest {
    devices[place].nextNumber += 1
    let node = devices[place].node
    return StoreRequest(
      id: .init(client: node, number: devices[place].nextNumber), key: devices[place].cart,
      action: action, madeAt: cluster.environment.clock(node).wall(at: now))
  }

  private mutating func send(_ place: Int) {
    guard let errand = devices[place].errand else { return }
    devices[place].errand?.attempts += 1
    let alarm = CartAlarm.timeout(
      place, number: errand.request.id.number, attempt: errand.attempts + 1)
    cluster.setAlarm(alarm.number, at: now + setup.timeout)
    let node = devices[place].node
    let cart = devices[place].cart
    switch (errand.isChanging, setup.kind, errand.action) {
    case (true, .addWins, .add(let item)):
      cluster.send(
        .change(errand.request.id, .insert(CartItems.element(item, of: cart))), from: node,
        to: errand.target)
    case (true, .addWins, .remove(let item)):
      cluster.send(
        .change(errand.request.id, .remove(CartItems.element(item, of: cart))), from: node,
        to: errand.target)
    default:
      cluster.send(
        .ask(errand.request, context: errand.context), from: node, to: errand.target)
    }
  }

  mutating func timedOut(_ place: Int, _ number: Int, _ attempt: Int) {
    guard let errand = devices[place].errand, errand.request.id.number == number,
      errand.attempts == attempt
    else { return }
    if errand.isChanging { devices[place].errand?.mayHaveHappened = true }
    retry(place)
  }

  /// Asks another node, or gives up.
  private mutating func retry(_ place: Int) {
    guard let errand = devices[place].errand else { return }
    guard errand.attempts <= setup.retries else { return giveUp(place) }
    devices[place].errand?.target = setup.roster.next(after: errand.target)
    send(place)
  }

  private mutating func giveUp(_ place: Int) {
    guard let errand = devices[place].errand else { return }
    let name = setup.roster.roster.name(devices[place].node)
    if told.insert(name).inserted {
      cluster.record(
        name,
        Fact(
          "gave-up",
          "gives up on cart \(devices[place].cart + 1)"
            + (errand.mayHaveHappened ? "; nobody knows whether it was changed" : ""),
          weight: .harm),
        cause: cluster.environment.blame(errand.target, seenBy: devices[place].node)
          ?? cluster.environment.active.last?.event)
    }
    finish(place, errand.mayHaveHappened ? .unknown : .failed)
  }

  mutating func answered(
    _ reply: StoreReply, _ versions: [QuorumValue], _ context: VersionVector, to place: Int
  ) {
    guard devices.indices.contains(place), let errand = devices[place].errand,
      errand.request.id == reply.id
    else { return }
    switch reply.result {
    case .refused: retry(place)
    case .holds(let value, _):
      if versions.count > 1 {
        record.siblingReads += 1
        record.siblingsMost = max(record.siblingsMost, versions.count)
      }
      let items = setup.kind == .siblings ? setup.merged(versions) : value ?? 0
      devices[place].errand?.context = context
      change(place, errand.action, seen: items)
    case .written, .mismatch: finish(place, .ok)
    }
  }

  /// The cart has been read; now it is changed.
  private mutating func change(_ place: Int, _ action: CartRecord.Action, seen: Int) {
    devices[place].errand?.items = seen
    devices[place].errand?.attempts = 0
    devices[place].errand?.isChanging = true
    switch action {
    case .look: return finish(place, .ok)
    case .checkOut: return checkOut(place, seen)
    case .remove where seen != 0:
      let items = CartItems.list(seen)
      let item = items[devices[place].random.below(items.count)]
      change(place, .remove(item), to: seen & ~(1 << item))
    case .add, .remove:
      let item = devices[place].chosen * setup.devices + devices[place].turn
      guard item < CartSetup.itemCount else { return abandon(place) }
      devices[place].chosen += 1
      change(place, .add(item), to: seen | 1 << item)
    }
  }

  private mutating func change(_ place: Int, _ action: CartRecord.Action, to items: Int) {
    devices[place].errand?.action = action
    devices[place].errand?.items = items
    let request = request(place, .write(items))
    devices[place].errand?.request = request
    send(place)
  }

  /// Deletes the cart; a set is emptied item by item.
  private mutating func checkOut(_ place: Int, _ seen: Int) {
    if setup.kind == .addWins {
      guard let item = CartItems.list(seen).first else { return finish(place, .ok) }
      devices[place].waiting.insert(.checkOut, at: 0)
      return change(place, .remove(item), to: seen & ~(1 << item))
    }
    devices[place].errand?.items = 0
    let request = request(place, .delete)
    devices[place].errand?.request = request
    send(place)
  }

  /// The device has no item left to choose.
  private mutating func abandon(_ place: Int) {
    devices[place].errand = nil
    goOn(place)
  }

  private mutating func finish(_ place: Int, _ outcome: CartRecord.Outcome) {
    guard let errand = devices[place].errand else { return }
    record.done.append(
      CartRecord.Done(
        device: place, cart: devices[place].cart, action: errand.action, outcome: outcome,
        items: errand.items, beganAt: errand.beganAt, endedAt: now,
        isTroubled: errand.isTroubled))
    devices[place].errand = nil
    goOn(place)
  }

  private mutating func goOn(_ place: Int) {
    guard devices[place].waiting.isEmpty else {
      return begin(place, devices[place].waiting.removeFirst())
    }
    let pause = Distribution.exponential(mean: setup.think).sample(&devices[place].random)
    cluster.setAlarm(CartAlarm.begin(place).number, at: now + pause)
  }
}
