import Patterns
import Testing

/// The grammar of recorded steps: what is read, and that the rest is refused aloud.
@Suite("steps of etcd recordings")
struct EtcdStepReaderTests {
  @Test("are read with their options")
  func reads() throws {
    var put = EtcdPutRequest("b", "2", lease: 7)
    put.previous = true
    #expect(
      try EtcdStepReader.request("put b=2 {'prev_kv': True, 'lease': 7}")
        == .operation(.put(put)))
    #expect(try EtcdStepReader.request("put b=2 prev_kv lease 7") == .operation(.put(put)))
    var range = EtcdRangeRequest(EtcdKeyRange("a", .before("c")))
    range.limit = 2
    range.revision = 7
    #expect(
      try EtcdStepReader.request("range a at revision 7 {'range_end': 'c', 'limit': 2}")
        == .operation(.range(range)))
    #expect(
      try EtcdStepReader.request("range [a,c) limit 2 at revision 7") == .operation(.range(range)))
    #expect(try EtcdStepReader.request("compact 8") == .compact(8))
    let transaction = EtcdTransaction(
      if: [
        EtcdCompare(EtcdKeyRange("a"), .equal, .value("9")),
        EtcdCompare(EtcdKeyRange("b"), .greater, .mod(4)),
      ],
      then: [.put("a", "10"), .delete(EtcdKeyRange("b"))], else: [.range(EtcdKeyRange("a"))])
    let text = "txn if value(a)==9 and mod(b)>4 then put a=10, del b else range a"
    #expect(try EtcdStepReader.request(text) == .operation(.transaction(transaction)))
    #expect(
      try EtcdStepReader.request("txn same again", last: transaction)
        == .operation(.transaction(transaction)))
  }

  @Test(
    "are refused where they are not understood",
    arguments: [
      "frobnicate a", "range a b", "put a=1 {'colour': 'red'}", "txn if size(a)==3 then put b=1",
      "txn same again", "compact soon", "txn if version(a)==x",
    ])
  func refuses(step: String) {
    #expect(throws: EtcdStepReader.Unreadable.self) { try EtcdStepReader.request(step) }
  }
}
