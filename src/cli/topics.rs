//! The topics of `panotti help`: exit codes, environment, formatting, filters, time. What a table in the code knows is taken from there.

use panotti_protocol::failure::exit;

use crate::config::settings::TABLE;

/// Names of the topics.
pub const NAMES: [&str; 5] = ["exit-codes", "environment", "filters", "formatting", "time"];

/// The text of a topic.
pub fn text(name: &str) -> Option<String> {
    match name {
        "exit-codes" => Some(exit_codes()),
        "environment" => Some(environment()),
        "filters" => Some(FILTERS.to_owned()),
        "formatting" => Some(FORMATTING.to_owned()),
        "time" => Some(TIME.to_owned()),
        _ => None,
    }
}

const EXIT_CODES: &[(u8, &str, &str)] = &[
    (exit::OK, "ok", "done, or already so"),
    (exit::FAILED, "failed", "the operation ran and failed"),
    (exit::USAGE, "usage", "bad flag, field, or missing selector"),
    (exit::PARTIAL, "partial", "some items of several failed; each is named"),
    (exit::NOT_FOUND, "not_found", "no such plugin, event or job"),
    (exit::CONFLICT, "conflict", "illegal change of state, unmet dependency, stale revision"),
    (exit::INVALID, "invalid", "configuration, manifest or payload does not hold"),
    (exit::NEEDS_CONFIRMATION, "needs_confirmation", "nobody could be asked; --yes answers"),
    (exit::DENIED, "denied", "not allowed"),
    (exit::UNREACHABLE, "unreachable", "no daemon answers"),
    (exit::VERSION_MISMATCH, "version_mismatch", "client and daemon do not understand each other"),
    (exit::OVERLOADED, "overloaded", "queue or store full: try later"),
    (exit::DATA_FORMAT, "data", "daemon run: the data is from a newer version, or not Panotti's"),
    (exit::CANNOT_CREATE, "cannot_create", "daemon run: a file or folder cannot be made"),
    (exit::DISK, "disk", "daemon run: the disk refused"),
    (exit::ALREADY_RUNNING, "already_running", "daemon run: another daemon has the data folder"),
    (exit::PERMISSIONS, "permissions", "daemon run: owner or mode of a file is wrong"),
    (exit::CONFIGURATION, "configuration", "daemon run: configuration or keys"),
    (exit::TIMEOUT, "timeout", "--timeout or --wait ran out"),
    (130, "interrupted", "ended by ^C"),
    (141, "no reader", "the reader of the output went away"),
];

fn exit_codes() -> String {
    let mut text = "Exit codes\n\n".to_owned();
    for (code, name, meaning) in EXIT_CODES {
        text.push_str(&format!("  {code:>3}  {name:<19} {meaning}\n"));
    }
    text.push_str("\nEvery error also has a code made of words, in its last line: `panotti explain CODE` explains it.\n");
    text
}

const FILTERS: &str = "Filters

A filter is a condition on an event: a subset of CEL, the same in `where:` of plugin.yaml, in --filter, and in `panotti filter`.

  data.duration > 5 && priority in [\"critical\", \"high\"]
  type.startsWith(\"invoice.\") || !has(data.customer.id)
  data.commits.exists(c, c.files.exists(f, f.endsWith(\".rs\")))

  fields       data.name  data[\"two words\"]  data.list[0]
               type source subject time priority correlationid id eventid orderingkey datacontenttype dataschema actor
  values       5  -1.5  \"text\"  'text'  r'raw\\d'  true  false  null  [1, 2]  timestamp(\"2026-11-22T10:00:00Z\")
  comparisons  ==  !=  <  <=  >  >=  in
  together     &&  ||  !  ( )
  texts        x.startsWith(\"a\")  x.endsWith(\"a\")  x.contains(\"a\")  x.matches(r'^a\\d+$')  size(x)
  lists        x.exists(item, ...)  x.all(item, ...)  x.exists_one(item, ...)  size(x)
  presence     has(data.name)

A comparison with a field that is missing, or of another type, is false; != too. `!` negates that. Nothing is an error.
";

fn environment() -> String {
    let mut text = "Environment variables

  PANOTTI_DATA      the data folder, as --data
  PANOTTI_SOCKET    the daemon's socket, as --socket
  PANOTTI_URL       a daemon over the network, as --url
  PANOTTI_API_KEY   the key that requests carry; no flag takes one, since everybody can read a command line
  PANOTTI_API_KEY_FILE
                    the file with the key, as --key-file
  PANOTTI_CA_FILE   the certificates that are trusted in a daemon over the network, as --ca-file
  SSL_CERT_FILE     the certificates that the system trusts, where they are not in the usual place
  PANOTTI_CONFIG    the configuration file, as --config
  PANOTTI_KEYS      the folder of the keys, where it is not the usual one
  PANOTTI_OUTPUT    the form of the output, as --output
  NO_COLOR          no colours
  CLICOLOR_FORCE    colours also where the output is no terminal
  XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR
                    where the folders are when no data folder is given
  STATE_DIRECTORY, CONFIGURATION_DIRECTORY, LOGS_DIRECTORY, RUNTIME_DIRECTORY
                    the same, set by systemd, and counted first

Every setting has a variable. One that is misspelt is an error.

"
    .to_owned();
    for row in TABLE {
        text.push_str(&format!("  {:<39} {}\n", row.variable(), row.description));
        let default = if row.default.is_empty() { String::new() } else { format!("; default {}", row.default) };
        text.push_str(&format!("  {:<39} {}{default}\n", "", row.form.describe()));
    }
    text
}

const FORMATTING: &str = "Forms of the output

  -o table   for reading; in a pipe tab separated, nothing cut off, no colours
  -o wide    the same with more columns and whole ids
  -o json    the objects of the API; a list is an array, also where it is empty
  -o jsonl   one object a line; also what `event tail` and `logs -f` give for json
  -o yaml    the same objects as YAML
  -o csv     the top-level fields, or those of --fields
  -o id      ids only; -q does the same for lists

  --fields eventid,type,deliveries   chooses and orders fields; names go down with dots
  --fields '?'                       lists all fields

Results go to stdout, everything else to stderr. With -o json or jsonl an error is one JSON object on stderr.

  panotti event list --failed -q | panotti event retry -
  panotti event list -o json --all | jq -r '.[].eventid'
";

const TIME: &str = "Times and durations

  --since and --until take a time, `2026-11-22T10:00:00Z` or `2026-11-22T11:00:00+01:00`, or say how long ago: `90s`, `15m`, `2h30m`, `1d`, `1w`.
  --expires and --delay take the same, counted from now on.
  Durations have a unit: ms, s, m, h, d, w. `0` needs none.

  --time relative   `2m` is two minutes ago, `in 8s` is still to come
  --time iso        a whole date; in UTC with --utc, else in the local zone
  --time unix       seconds since 1970

  JSON always has RFC 3339 in UTC.
";
