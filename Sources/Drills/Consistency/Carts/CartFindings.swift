import Kernel

/// What the checker says of carts, with witnesses that name devices, items and times.
struct CartFindings {
  let setup: CartSetup
  let record: CartRecord

  var all: [Finding] {
    [
      finding("no confirmed addition is lost", record.lostAdditions(carts: setup.carts)),
      finding("nothing taken out comes back", record.returned(carts: setup.carts)),
      converged,
    ]
  }

  private func finding(_ name: String, _ wrongs: [CartRecord.Wrong]) -> Finding {
    guard let wrong = wrongs.first else {
      // A cart that nobody could look at says nothing.
      let unseen = (0..<setup.carts).filter { record.final($0) == nil }
      guard let cart = unseen.first else { return Finding(name, .holds) }
      return Finding(name, .unknown("nobody could look at cart \(cart + 1) in the end"))
    }
    return Finding(name, .violated(witness: witness(wrong)))
  }

  private func witness(_ wrong: CartRecord.Wrong) -> [String] {
    let change = wrong.change
    let cart = change.cart + 1
    let item = wrong.item + 1
    let (device, culpritName) = (name(change), wrong.culprit.map(name))
    let isThere = wrong.final.items >> wrong.item & 1 == 1
    let what =
      switch change.action {
      case .add: "put item \(item) into cart \(cart)"
      case .remove: "took item \(item) out of cart \(cart)"
      case .checkOut: "deleted cart \(cart)"
      case .look: "looked at cart \(cart)"
      }
    var sentences = [
      "\(device) \(what), from \(change.beganAt) to \(change.endedAt), and was told that it is done."
    ]
    if let culprit = wrong.culprit, let culpritName {
      sentences.append(
        "\(culpritName) changed the cart from \(culprit.beganAt) to \(culprit.endedAt) and wrote it "
          + (isThere ? "with" : "without") + " item \(item).")
    }
    sentences.append(
      "At \(wrong.final.endedAt), when all was quiet, the cart "
        + (isThere
          ? "has item \(item) again, and nobody put it in."
          : "has no item \(item), and nobody took it out."))
    return sentences
  }

  private var converged: Finding {
    let name = "devices agree in the end"
    guard let cart = CartFigures.divergent(record, setup).first else {
      return Finding(name, .holds)
    }
    let looks = record.done.filter {
      $0.cart == cart && $0.action == .look && $0.outcome == .ok
    }
    return Finding(
      name,
      .violated(
        witness: looks.map { look in
          let items = CartItems.list(look.items).map { String($0 + 1) }.joined(separator: ", ")
          return
            "\(self.name(look)) sees the items \(items.isEmpty ? "none" : items) in cart \(cart + 1)."
        }))
  }

  private func name(_ entry: CartRecord.Done) -> String {
    setup.roster.roster.name(setup.roster.devices[entry.device])
  }
}
