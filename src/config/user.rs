//! Local users and groups as `/etc/passwd` and `/etc/group` know them. A user's name is the same for the client, which writes it into the
//! source of its events, and for the daemon, which writes it into the audit.

/// The user's name in `/etc/passwd`; a user of another directory is known by number.
pub fn user_name(uid: u32) -> String {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    });
    name.unwrap_or_else(|| uid.to_string())
}

/// The id of a user by its name or number.
pub fn user_id(name: &str) -> Option<u32> {
    name.parse().ok().or_else(|| id_in("/etc/passwd", name))
}

/// The id of a group by its name or number.
pub fn group_id(name: &str) -> Option<u32> {
    name.parse().ok().or_else(|| id_in("/etc/group", name))
}

fn id_in(file: &str, wanted: &str) -> Option<u32> {
    let lines = std::fs::read_to_string(file).unwrap_or_default();
    lines.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(wanted)).then(|| fields.nth(1)?.parse().ok()).flatten()
    })
}

/// The first group of a user, as `/etc/passwd` has it.
pub fn primary_group(uid: u32) -> Option<u32> {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    users.lines().find_map(|line| {
        let mut fields = line.split(':').skip(2);
        (fields.next()?.parse() == Ok(uid)).then(|| fields.next()?.parse().ok()).flatten()
    })
}

/// The groups of a user: the one given, and those that `/etc/group` has it in.
pub fn groups_of(uid: u32, primary: Option<u32>) -> Vec<u32> {
    let name = user_name(uid);
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    let others = groups.lines().filter_map(|line| {
        let mut fields = line.split(':').skip(2);
        let gid = fields.next()?.parse().ok()?;
        fields.next()?.split(',').any(|member| member == name).then_some(gid)
    });
    primary.into_iter().chain(others).collect()
}

/// `/cli/USER@HOST`: the source of events whose publisher names none.
pub fn command_line_source(uid: u32) -> String {
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let plain =
        |text: &str| -> String { text.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect() };
    format!("/cli/{}@{}", plain(&user_name(uid)), plain(&host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_has_a_name_and_a_user_of_nowhere_a_number() {
        assert_eq!(user_name(0), "root");
        assert_eq!(user_name(4_294_000_000), "4294000000");
        assert!(command_line_source(0).starts_with("/cli/root@"));
    }

    #[test]
    fn users_and_groups_are_found_by_name_or_number() {
        assert_eq!((user_id("root"), user_id("4294000000"), user_id("nobody-of-this-name")), (Some(0), Some(4_294_000_000), None));
        assert_eq!((group_id("root"), group_id("12"), group_id("no-group-of-this-name")), (Some(0), Some(12), None));
        assert_eq!(groups_of(4_294_000_000, Some(7)), [7], "whom no file knows has the group that the kernel tells");
    }
}
