//! Settings of the local socket for users other than the daemon's own: the group that may get at it, and the roles that local users have.

use super::limits::{LOCAL_NAME_BYTES_MAX, LOCAL_ROLES_MAX};
use super::settings::SettingValue;

/// Whom a role is given to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalUser {
    /// A user by name.
    User(String),
    /// A user by id.
    Uid(u32),
    /// Everybody in a group, by its name.
    Group(String),
    /// Everybody in a group, by its id.
    Gid(u32),
}

/// A role that local users have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalRole {
    /// Who.
    pub whom: LocalUser,
    /// The role's name.
    pub role: String,
}

impl std::fmt::Display for LocalRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.whom {
            LocalUser::User(name) => write!(f, "user:{name}={}", self.role),
            LocalUser::Uid(uid) => write!(f, "uid:{uid}={}", self.role),
            LocalUser::Group(name) => write!(f, "group:{name}={}", self.role),
            LocalUser::Gid(gid) => write!(f, "gid:{gid}={}", self.role),
        }
    }
}

/// Settings of the local socket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SocketSettings {
    /// The group whose members can connect, by name or id; `None` for none.
    pub group: Option<String>,
    /// Roles of local users.
    pub roles: Vec<LocalRole>,
}

impl SocketSettings {
    /// Takes the values by key, as `Settings::from_values`.
    pub(super) fn from_values(value: &impl Fn(&str) -> Option<SettingValue>) -> Self {
        Self {
            group: match value("socket.group") {
                Some(SettingValue::Group(group)) => group,
                _ => None,
            },
            roles: match value("socket.roles") {
                Some(SettingValue::LocalRoles(roles)) => roles,
                _ => Vec::new(),
            },
        }
    }
}

/// Reads a group: its name or id, or `none`.
///
/// # Errors
/// What was expected instead.
pub fn read_group(text: &str) -> Result<SettingValue, String> {
    match text {
        "none" => Ok(SettingValue::Group(None)),
        name if is_name(name) => Ok(SettingValue::Group(Some(name.to_owned()))),
        other => Err(format!("expected a group's name or number, or `none`, got `{other}`")),
    }
}

/// Reads roles of local users: `uid:1000=viewer`, `user:ana=operator`, `gid:44=viewer`, `group:ops=operator`.
///
/// # Errors
/// What was expected instead.
pub fn read_roles<'a>(entries: impl Iterator<Item = &'a str>) -> Result<SettingValue, String> {
    let mut roles: Vec<LocalRole> = Vec::new();
    for text in entries.map(str::trim).filter(|text| !text.is_empty()) {
        let role = read_role(text)
            .ok_or_else(|| format!("expected `uid:N=ROLE`, `gid:N=ROLE`, `user:NAME=ROLE` or `group:NAME=ROLE`, got `{text}`"))?;
        if roles.contains(&role) {
            return Err(format!("`{text}` is there twice"));
        }
        roles.push(role);
    }
    if roles.len() > LOCAL_ROLES_MAX {
        return Err(format!("{} entries; the most is {LOCAL_ROLES_MAX}", roles.len()));
    }
    Ok(SettingValue::LocalRoles(roles))
}

fn read_role(text: &str) -> Option<LocalRole> {
    let (whom, role) = text.split_once('=')?;
    let (kind, name) = whom.split_once(':')?;
    let whom = match kind {
        "uid" => LocalUser::Uid(name.parse().ok()?),
        "gid" => LocalUser::Gid(name.parse().ok()?),
        "user" if is_name(name) => LocalUser::User(name.to_owned()),
        "group" if is_name(name) => LocalUser::Group(name.to_owned()),
        _ => return None,
    };
    is_name(role).then(|| LocalRole { whom, role: role.to_owned() })
}

fn is_name(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=LOCAL_NAME_BYTES_MAX).contains(&text.len()) && text.bytes().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_of_local_users_are_given_by_id_or_name() {
        let read = |text: &str| match read_roles(text.split(',')) {
            Ok(SettingValue::LocalRoles(roles)) => Ok(roles.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")),
            Ok(other) => panic!("{other:?}"),
            Err(why) => Err(why),
        };
        for good in ["", "uid:1000=viewer", "gid:44=operator,user:ana=team.writer", "group:ops=operator,uid:0=viewer"] {
            assert_eq!(read(good), Ok(good.to_owned()));
        }
        for bad in [
            "1000=viewer",
            "uid:=viewer",
            "uid:-1=viewer",
            "uid:ana=viewer",
            "user:=viewer",
            "uid:1000",
            "uid:1000=",
            "gid:4294967296=x",
            "uid:1=a b",
        ] {
            assert!(read(bad).unwrap_err().contains("uid:N=ROLE"), "{bad}");
        }
        assert!(read("uid:1=viewer, uid:1=viewer").unwrap_err().contains("twice"));
        let many = |number: usize| (0..number).map(|uid| format!("uid:{uid}=viewer")).collect::<Vec<_>>().join(",");
        assert!(read(&many(LOCAL_ROLES_MAX)).is_ok() && read(&many(LOCAL_ROLES_MAX + 1)).is_err());
    }

    #[test]
    fn a_group_is_a_name_or_a_number_or_none() {
        assert_eq!(read_group("none"), Ok(SettingValue::Group(None)));
        assert_eq!(read_group("ops"), Ok(SettingValue::Group(Some("ops".to_owned()))));
        assert!(read_group("a group").is_err() && read_group("").is_err());
    }
}
