/// An order process that nobody conducts: each service hears the others' events and answers with
/// its own.
///
/// Orders, payments and stock each know only their own rules. Whatever the order in which events
/// of different orders arrive, and however often, each order ends shipped and paid, or cancelled
/// with its money back.
public enum OrderChoreography {
  /// What services tell each other about one order.
  public enum Event: Sendable, Hashable {
    /// Somebody wants `items` for `amount`.
    case orderPlaced(order: Int, items: Int, amount: Int)
    /// The money is there.
    case paymentTaken(order: Int, items: Int)
    /// The customer cannot pay.
    case paymentRefused(order: Int)
    /// The goods are on their way.
    case goodsShipped(order: Int)
    /// There are not enough goods.
    case stockMissing(order: Int)
    /// The customer has the money back.
    case paymentReturned(order: Int)
    /// The order is done.
    case orderCompleted(order: Int)
    /// The order will not happen.
    case orderCancelled(order: Int)

    /// The order it is about.
    public var order: Int {
      switch self {
      case .orderPlaced(let order, _, _), .paymentTaken(let order, _), .paymentRefused(let order),
        .goodsShipped(let order), .stockMissing(let order), .paymentReturned(let order),
        .orderCompleted(let order), .orderCancelled(let order):
        order
      }
    }
  }

  /// The orders service.
  public struct Orders: Sendable, Hashable {
    /// How an order stands.
    public enum Status: String, Sendable, Hashable {
      /// The others have not answered yet.
      case placed
      /// Shipped and paid.
      case completed
      /// Cancelled.
      case cancelled
    }

    /// The orders by number.
    public private(set) var statuses: [Int: Status] = [:]

    /// No orders.
    public init() {}

    /// Places an order.
    public mutating func place(_ order: Int, items: Int, amount: Int) -> [Event] {
      guard statuses[order] == nil else { return [] }
      statuses[order] = .placed
      return [.orderPlaced(order: order, items: items, amount: amount)]
    }

    /// Hears an event.
    public mutating func hear(_ event: Event) -> [Event] {
      guard statuses[event.order] == .placed else { return [] }
      switch event {
      case .goodsShipped(let order):
        statuses[order] = .completed
        return [.orderCompleted(order: order)]
      case .paymentRefused(let order), .paymentReturned(let order):
        statuses[order] = .cancelled
        return [.orderCancelled(order: order)]
      case .orderPlaced, .paymentTaken, .stockMissing, .orderCompleted, .orderCancelled:
        return []
      }
    }
  }

  /// The payments service: customers have a common purse.
  public struct Payments: Sendable, Hashable {
    /// What customers have left.
    public private(set) var purse: Int
    /// What was taken for each order and not returned.
    public private(set) var taken: [Int: Int] = [:]
    private var seen: Set<Int> = []

    /// A purse.
    public init(purse: Int) { self.purse = purse }

    /// Hears an event.
    public mutating func hear(_ event: Event) -> [Event] {
      switch event {
      case .orderPlaced(let order, let items, let amount):
        guard seen.insert(order).inserted else { return [] }
        guard amount <= purse else { return [.paymentRefused(order: order)] }
        purse -= amount
        taken[order] = amount
        return [.paymentTaken(order: order, items: items)]
      case .stockMissing(let order):
        guard let amount = taken.removeValue(forKey: order) else { return [] }
        purse += amount
        return [.paymentReturned(order: order)]
      case .paymentTaken, .paymentRefused, .goodsShipped, .paymentReturned, .orderCompleted,
        .orderCancelled:
        return []
      }
    }
  }

  /// The stock service.
  public struct Stock: Sendable, Hashable {
    /// Goods left.
    public private(set) var goods: Int
    /// What was shipped for each order.
    public private(set) var shipped: [Int: Int] = [:]
    private var seen: Set<Int> = []

    /// A store of `goods`.
    public init(goods: Int) { self.goods = goods }

    /// Hears an event.
    public mutating func hear(_ event: Event) -> [Event] {
      guard case .paymentTaken(let order, let items) = event, seen.insert(order).inserted else {
        return []
      }
      guard items <= goods else { return [.stockMissing(order: order)] }
      goods -= items
      shipped[order] = items
      return [.goodsShipped(order: order)]
    }
  }
}
