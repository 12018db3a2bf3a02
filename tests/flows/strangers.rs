//! Those who should not be there, and those who leave in the middle.

use std::collections::BTreeMap;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::PathBuf;
use std::process::Command;

use serde_json::json;

use crate::plugins::stage::Stage;
use crate::support::daemon::Daemon;
use crate::support::http::Connection;
use crate::support::scratch::{Scratch, told};
use crate::support::until;

/// Tries every way to the socket that a user has, and prints for each what came of it.
const TRY: &str = r#"
import json, os, shutil, socket, sys, tempfile
path, pid = sys.argv[1:3]
folder, name = os.path.split(path)
own = tempfile.mkdtemp()

def ask(where, kind=socket.SOCK_STREAM):
    connection = socket.socket(socket.AF_UNIX, kind)
    connection.settimeout(10)
    connection.connect(where)
    connection.sendall(b'GET /livez HTTP/1.1\r\nhost: x\r\n\r\n')
    return len(connection.recv(1000))

def relative():
    os.chdir(folder)
    return ask(name)

def by(make, where):
    make(path, where)
    return ask(where)

ways = {
    'its path': lambda: ask(path),
    'a relative path': relative,
    'a way round': lambda: ask(os.path.join(folder, '..', os.path.basename(folder), name)),
    'a symbolic link': lambda: by(os.symlink, os.path.join(own, 's')),
    'a hard link': lambda: by(os.link, os.path.join(own, 'h')),
    'the root of the process': lambda: ask('/proc/%s/root%s' % (pid, path)),
    'the folder of the process': lambda: ask(os.path.join('/proc/%s/cwd' % pid, os.path.relpath(path, '/'))),
    'an abstract name': lambda: ask('\0' + path),
    'datagrams': lambda: ask(path, socket.SOCK_DGRAM),
    'packets': lambda: ask(path, socket.SOCK_SEQPACKET),
}
said = {}
for way, attempt in ways.items():
    try:
        size = attempt()
        said[way] = 'cut off' if size == 0 else 'served %d bytes' % size
    except (ConnectionResetError, BrokenPipeError):
        said[way] = 'cut off'
    except OSError as error:
        said[way] = error.strerror or str(error)
shutil.rmtree(own)
print(json.dumps(said))
"#;

/// Asks for one thing, and prints the status and the body.
const ASK: &str = r#"
import socket, sys
path, method, target, body = sys.argv[1:5]
connection = socket.socket(socket.AF_UNIX)
try:
    connection.connect(path)
    connection.sendall(('%s %s HTTP/1.0\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s'
                        % (method, target, len(body), body)).encode())
    answer = b''
    while True:
        more = connection.recv(65536)
        if not more: break
        answer += more
    head, _, rest = answer.partition(b'\r\n\r\n')
    print(head.split(b' ')[1].decode() if head else 'cut off', rest.decode())
except (ConnectionResetError, BrokenPipeError):
    print('cut off')
except PermissionError:
    print('closed')
"#;

/// Pythons that may be there. The one that is found first may lie in a folder that is closed to other users.
const PYTHONS: [&str; 3] = ["/usr/bin/python3", "/usr/local/bin/python3", "python3"];

/// A Python that other users can run; `None`, and said so, where this is not root. Root that finds none fails: the tests would prove nothing.
pub fn python_of_others() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root may become another user");
        return None;
    }
    let runs = |python: &&str| {
        let tried = Command::new("setpriv").args(["--reuid=65534", "--regid=65534", "--clear-groups", *python, "-c", ""]).output();
        tried.is_ok_and(|output| output.status.success())
    };
    let found = PYTHONS.into_iter().find(runs);
    assert!(found.is_some(), "setpriv is needed, and one of {PYTHONS:?} that another user can run");
    found
}

/// Runs a program of Python as another user.
fn as_another(scratch: &Scratch, (python, uid, gid): (&str, u32, u32), program: &str, arguments: &[&str]) -> String {
    let mut command = scratch.program("setpriv");
    command.args([&format!("--reuid={uid}"), &format!("--regid={gid}"), "--clear-groups", python, "-c", program]).args(arguments);
    told(&command.output().unwrap())
}

fn open_up(paths: &[(PathBuf, u32)]) {
    for (path, mode) in paths {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(*mode)).unwrap();
    }
}

#[test]
fn rule_20_of_twenty_ways_another_user_tries_to_connect_none_is_served_whatever_the_modes_say() {
    let Some(python) = python_of_others() else { return };
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let (socket, pid) = (scratch.socket(), daemon.pid().to_string());
    let attempt = || -> BTreeMap<String, String> {
        let said = as_another(&scratch, (python, 65_534, 65_534), TRY, &[socket.to_str().unwrap(), &pid]);
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
    };

    let as_made = attempt();
    open_up(&[(scratch.path().to_owned(), 0o755), (scratch.data(), 0o755), (scratch.file("run"), 0o755), (scratch.socket(), 0o666)]);
    let opened = attempt();

    assert_eq!(as_made.len() + opened.len(), 20);
    for (way, said) in as_made.iter().chain(&opened) {
        assert!(!said.starts_with("served"), "{way}: {said}");
    }
    assert_eq!(as_made["its path"], "Permission denied");
    for way in ["its path", "a relative path", "a way round", "a symbolic link"] {
        assert_eq!(opened[way], "cut off", "where the modes let anybody in, the daemon does not: {way}");
    }
    assert_eq!(daemon.get("/livez").status, 200, "its own user is still served");
    println!("20 ways: {as_made:?} {opened:?}");
}

#[test]
fn rule_20_local_users_have_the_roles_that_the_settings_give_them_by_uid_or_gid() {
    const GROUP: u32 = 54_321;
    let Some(python) = python_of_others() else { return };
    let scratch = Scratch::new();
    open_up(&[(scratch.path().to_owned(), 0o755)]);
    let socket = scratch.path().join("shared").join("panotti.sock");
    let path = socket.to_str().unwrap();
    let roles = format!("gid:{GROUP}=viewer,uid:65533=publisher");
    let variables = [("PANOTTI_SOCKET__GROUP", GROUP.to_string()), ("PANOTTI_SOCKET__ROLES", roles), ("PANOTTI_SOCKET", path.to_owned())];
    let mut command = scratch.panotti(&["daemon", "run"]);
    command.envs(variables.iter().map(|(name, value)| (*name, value.as_str())));
    let mut daemon = Daemon::spawn_command(&scratch, command).at(&socket);
    daemon.wait_until_ready();
    let ask = |uid: u32, gid: u32, method: &str, target: &str, body: &str| {
        as_another(&scratch, (python, uid, gid), ASK, &[path, method, target, body])
    };
    let event = r#"{"type": "a.b"}"#;

    let found = std::fs::metadata(&socket).unwrap();
    assert_eq!((found.mode() & 0o7777, found.gid()), (0o660, GROUP));
    let folder = std::fs::metadata(socket.parent().unwrap()).unwrap();
    assert_eq!((folder.mode() & 0o7777, folder.gid()), (0o750, GROUP));
    let me = ask(65_534, GROUP, "GET", "/whoami", "");
    assert!(me.starts_with("200 ") && me.contains(r#""kind":"local_user""#) && me.contains(r#""role":"viewer""#), "{me}");
    assert!(ask(65_534, GROUP, "GET", "/events", "").starts_with("200 "));
    let refused = ask(65_534, GROUP, "POST", "/events", event);
    assert!(refused.starts_with("403 ") && refused.contains("publish:events"), "{refused}");
    let published = ask(65_533, GROUP, "POST", "/events", event);
    assert!(published.starts_with("201 "), "both roles together: {published}");
    assert!(ask(65_533, GROUP, "POST", "/daemon/stop", "{}").starts_with("403 "));
    assert_eq!(ask(65_534, 65_534, "GET", "/livez", ""), "closed\n", "not of the group");

    open_up(&[(socket.parent().unwrap().to_owned(), 0o755), (socket.clone(), 0o666)]);
    assert_eq!(ask(65_534, 65_534, "GET", "/livez", "").trim_end(), "cut off", "without a role nobody is served, whatever the modes say");
    assert!(ask(65_533, 65_534, "POST", "/events", event).starts_with("201 "), "the role by uid needs no group");
    let checked = told(&scratch.run(&["--socket", path, "role", "check", "user:65533", "publish:events:a.b"]));
    assert!(checked.contains("allowed") && checked.contains("publisher"), "{checked}");
}

#[test]
fn rule_20_a_socket_that_its_group_cannot_reach_or_others_can_is_refused_with_what_mends_it() {
    let scratch = Scratch::new();
    let group = rustix::process::getegid().as_raw().to_string();
    let run = |variables: &[(&str, &str)]| {
        let mut command = scratch.panotti(&["daemon", "run"]);
        told(&command.envs(variables.iter().copied()).output().unwrap())
    };

    let said = run(&[("PANOTTI_SOCKET__GROUP", "no-such-group-here")]);
    assert!(said.contains("knows no group `no-such-group-here`") && said.contains("config.invalid"), "{said}");
    let said = run(&[("PANOTTI_SOCKET__ROLES", "1000=viewer")]);
    assert!(said.contains("uid:N=ROLE") && said.contains("config.invalid"), "{said}");
    let folder = scratch.path().join("open");
    std::fs::create_dir(&folder).unwrap();
    open_up(&[(scratch.path().to_owned(), 0o755), (folder.clone(), 0o770)]);
    let said = run(&[("PANOTTI_SOCKET__GROUP", &group), ("PANOTTI_SOCKET", folder.join("s").to_str().unwrap())]);
    assert!(said.contains("chmod 750"), "{said}");
    let said = run(&[("PANOTTI_SOCKET__GROUP", &(1 + group.parse::<u32>().unwrap()).to_string())]);
    assert!(said.contains("put the socket elsewhere"), "{said}");
}

#[test]
fn clients_that_vanish_anywhere_in_a_request_leave_the_daemon_well() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    let whole = "POST /events HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n\
                 18\r\n{\"type\":\"a.b\",\"data\":1}\n\r\n18\r\n{\"type\":\"a.b\",\"data\":2}\n\r\n0\r\n\r\n";
    for end in 0..whole.len() {
        let mut connection = Connection::open(&scratch.socket()).unwrap();
        // As long as those before it have not been seen to be gone, one more may be cut off: so many may be connected and no more.
        let _ = connection.send_raw(&whole.as_bytes()[..end]);
        drop(connection);
    }

    until("there is room again", || daemon.connect().get("/readyz").ok().map(drop));
    let accepted = || daemon.get("/events/status").json()["accepted"].as_u64().unwrap();
    until("a whole line of one that vanished is published", || (accepted() > 0).then_some(()));
    assert_eq!(daemon.get("/readyz").status, 200);
    let before = accepted();
    assert_eq!(daemon.post("/events", &json!({"type": "a.b"})).status, 201);
    assert!(accepted() > before);
    assert!(daemon.stop().success(), "and it stops in order");
}

#[test]
fn what_is_no_http_is_refused_and_the_daemon_goes_on() {
    let scratch = Scratch::new();
    let daemon = Daemon::start(&scratch);
    for rubbish in [&b"\0\x01\x02\x03 rubbish\r\n\r\n"[..], b"GET / HTTP/9.9\r\n\r\n", &[b'x'; 1_000_000]] {
        let mut connection = daemon.connect();
        // The daemon may have closed before all of it was written.
        let _ = connection.send_raw(rubbish);
        let answer = connection.read_to_end().unwrap_or_default();
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(daemon.get("/readyz").status, 200);
}

/// Prints what of a process can be opened.
const LOOK: &str = r#"
import os, sys
for name in ['environ', 'maps', 'mem', 'auxv', 'fd']:
    place = '/proc/%s/%s' % (sys.argv[1], name)
    try:
        os.listdir(place) if name == 'fd' else open(place, 'rb').close()
        print(name)
    except PermissionError:
        pass
"#;
const NOBODY: u32 = 65_534;

/// Gives a folder and everything in it to another user.
fn give(path: &std::path::Path, user: u32) {
    std::os::unix::fs::lchown(path, Some(user), Some(user)).unwrap();
    if path.is_dir() && !path.is_symlink() {
        std::fs::read_dir(path).unwrap().for_each(|entry| give(&entry.unwrap().path(), user));
    }
}

#[test]
fn t4_another_process_of_the_daemons_own_user_reads_neither_its_environment_nor_its_memory() {
    let Some(python) = python_of_others() else { return };
    let stage = Stage::with("runtime: exec\ncommand: [\"true\"]\non: [{topic: t.x}]", &[]);
    let scratch = &stage.scratch;
    let program = scratch.path().join("panotti");
    std::fs::copy(env!("CARGO_BIN_EXE_panotti"), &program).unwrap();
    give(scratch.path(), NOBODY);
    let of_nobody = |program: &str| {
        let mut command = scratch.program("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", program]);
        command
    };
    let mut command = of_nobody(program.to_str().unwrap());
    command.arg("--data").arg(scratch.data()).args(["daemon", "run"]);
    let daemon = Daemon::spawn_command(scratch, command);
    let as_nobody = |program: &str, arguments: &[&str]| as_another(scratch, (python, NOBODY, NOBODY), program, arguments);
    let socket = scratch.socket();
    let ask = |method: &str, target: &str, body: &str| as_nobody(ASK, &[socket.to_str().unwrap(), method, target, body]);
    until("the daemon is ready", || ask("GET", "/readyz", "").starts_with("200").then_some(()));

    assert_eq!(as_nobody(LOOK, &[&daemon.pid().to_string()]), "");

    let mut other = of_nobody("sleep").arg("60").spawn().unwrap();
    let seen = until("the other process is that user's", || {
        let seen = as_nobody(LOOK, &[&other.id().to_string()]);
        seen.contains("environ").then_some(seen)
    });
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(seen.contains("maps") && seen.contains("fd"), "this way to look sees what may be seen: {seen}");
    until("the plugin runs in its tree as ever", || ask("GET", "/plugins/p/status", "").contains("\"state\":\"running\"").then_some(()));
    assert!(ask("POST", "/events", "{\"type\":\"t.x\"}").starts_with("201"));
    until("its delivery is done", || ask("GET", "/events?status=done&topic=t.x", "").contains("\"done\"").then_some(()));
}
