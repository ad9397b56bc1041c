extension StandardUnits {
  /// What people count in capacity estimates, each a dimension of its own: singular and plural.
  ///
  /// A model declares more with `unit tweet`.
  static let countables: [(String, String)] = [
    ("request", "requests"), ("query", "queries"), ("message", "messages"), ("user", "users"),
    ("session", "sessions"), ("connection", "connections"), ("server", "servers"),
    ("core", "cores"), ("replica", "replicas"), ("shard", "shards"), ("key", "keys"),
    ("item", "items"), ("node", "nodes"), ("file", "files"), ("event", "events"),
    ("object", "objects"), ("video", "videos"), ("photo", "photos"), ("image", "images"),
    ("page", "pages"), ("post", "posts"), ("comment", "comments"), ("trip", "trips"),
    ("ride", "rides"), ("click", "clicks"), ("search", "searches"), ("stream", "streams"),
    ("viewer", "viewers"), ("view", "views"), ("write", "writes"), ("read", "reads"),
    ("operation", "operations"), ("transaction", "transactions"), ("person", "persons"),
    ("host", "hosts"), ("broker", "brokers"), ("partition", "partitions"), ("device", "devices"),
    ("machine", "machines"), ("link", "links"), ("channel", "channels"), ("email", "emails"),
    ("seat", "seats"), ("ticket", "tickets"), ("order", "orders"), ("payment", "payments"),
    ("driver", "drivers"), ("follower", "followers"), ("row", "rows"), ("record", "records"),
    ("document", "documents"), ("entry", "entries"), ("job", "jobs"), ("task", "tasks"),
    ("worker", "workers"), ("thread", "threads"), ("process", "processes"), ("packet", "packets"),
    ("batch", "batches"), ("frame", "frames"), ("chunk", "chunks"), ("block", "blocks"),
    ("disk", "disks"), ("instance", "instances"), ("container", "containers"), ("pod", "pods"),
    ("zone", "zones"), ("region", "regions"), ("copy", "copies"), ("call", "calls"),
    ("customer", "customers"), ("account", "accounts"), ("group", "groups"), ("code", "codes"),
    ("metric", "metrics"), ("series", "series"), ("sample", "samples"), ("log", "logs"),
    ("span", "spans"), ("notification", "notifications"), ("token", "tokens"), ("char", "chars"),
    ("impression", "impressions"), ("product", "products"), ("edit", "edits"), ("hit", "hits"),
  ]
}
