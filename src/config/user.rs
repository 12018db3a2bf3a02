//! The name of a local user, the same for the client, which writes it into the source of its events, and for the daemon, which writes it
//! into the audit.

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
}
