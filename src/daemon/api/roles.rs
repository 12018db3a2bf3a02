//! Roles: those that come with Panotti and the user's own; and who may do what, explained.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use panotti_core::access::{Access, AccessCommand};
use panotti_core::permission::Grants;
use panotti_core::roles::{BUILT_IN, StoredRole, is_built_in};
use panotti_protocol::api::{AccessReason, Page, PermissionQuery, PermissionVerdict, Role, RoleChanged, RoleRequest};
use panotti_protocol::failure::{ErrorCode, Failure};
use panotti_protocol::limits::ROLE_PERMISSIONS_MAX;
use panotti_protocol::permission::{Permission, Resource, Verb};
use panotti_protocol::time::Timestamp;

use super::Api;
use super::answers::Made;
use super::keys::{check_name, granter, invalid};
use super::principal::Principal;
use super::problem::{Answer, JsonBody, Parameters, Problem};
use crate::config::user::{primary_group, user_id};

/// `GET /roles`: those that the caller may see, by name.
pub async fn list(State(api): State<Api>, principal: Principal) -> Json<Page<Role>> {
    let access = api.gate.access();
    let names: BTreeSet<&str> = BUILT_IN.iter().map(|(name, _)| *name).chain(access.roles.keys().map(String::as_str)).collect();
    let seen = names.into_iter().filter(|name| principal.grants.allows(Verb::Read, Resource::Keys, name));
    Json(Page { items: seen.filter_map(|name| shown(&access, name, api.clock.now())).collect(), next_cursor: None })
}

/// `GET /roles/{name}`
pub async fn show(State(api): State<Api>, principal: Principal, Path(name): Path<String>) -> Answer<Role> {
    Ok(Json(load(&api, &principal, Verb::Read, &name)?))
}

/// `POST /roles`
pub async fn create(
    State(api): State<Api>,
    principal: Principal,
    JsonBody(request): JsonBody<RoleRequest>,
) -> Result<Made<RoleChanged>, Problem> {
    check_name(&request.name, "role")?;
    principal.check(Verb::Manage, Resource::Keys, &request.name)?;
    let granter = granter(&principal, request.reason.clone())?;
    let role = wanted(&api, &principal, request)?;
    let name = role.name.clone();
    api.bus.change_access(AccessCommand::CreateRole { role, granter }).await?;
    let role = shown(&api.gate.access(), &name, api.clock.now()).ok_or_else(|| not_found(&name))?;
    Ok(Made { made: RoleChanged { changed: true, role }, path: format!("/roles/{name}") })
}

/// `PUT /roles/{name}`: what it allows and denies from now on.
pub async fn set(
    State(api): State<Api>,
    principal: Principal,
    Path(name): Path<String>,
    JsonBody(request): JsonBody<RoleRequest>,
) -> Answer<RoleChanged> {
    load(&api, &principal, Verb::Manage, &name)?;
    if !request.name.is_empty() && request.name != name {
        return Err(Problem(invalid("a role keeps its name".to_owned(), "make another role, and leave `name` out here")));
    }
    let granter = granter(&principal, request.reason.clone())?;
    let role = wanted(&api, &principal, RoleRequest { name: name.clone(), ..request })?;
    let changed = api.bus.change_access(AccessCommand::SetRole { role, granter }).await?;
    let role = shown(&api.gate.access(), &name, api.clock.now()).ok_or_else(|| not_found(&name))?;
    Ok(Json(RoleChanged { changed, role }))
}

/// `DELETE /roles/{name}`
pub async fn remove(
    State(api): State<Api>,
    principal: Principal,
    Path(name): Path<String>,
    Parameters(query): Parameters<AccessReason>,
) -> Answer<RoleChanged> {
    let role = load(&api, &principal, Verb::Manage, &name)?;
    let granter = granter(&principal, query.reason)?;
    let changed = api.bus.change_access(AccessCommand::RemoveRole { name, granter }).await?;
    Ok(Json(RoleChanged { changed, role }))
}

/// `GET /permissions/check`: whether a principal may do something to one object, and what decides that.
pub async fn check(
    State(api): State<Api>,
    principal: Principal,
    Parameters(query): Parameters<PermissionQuery>,
) -> Answer<PermissionVerdict> {
    let (verb, resource, object) = asked(&query.permission)?;
    let access = api.gate.access();
    let (name, role, grants) = of(&api, &access, &query.principal)?;
    if !principal.grants.allows(Verb::Read, Resource::Keys, name) {
        return Err(Problem(nobody(&query.principal)));
    }
    let decision = grants.decide(verb, resource, &object);
    let decided_by = match decision.by {
        None => "default",
        Some(_) if decision.allowed => "allow",
        Some(_) => "deny",
    };
    Ok(Json(PermissionVerdict {
        allowed: decision.allowed,
        decided_by: decided_by.to_owned(),
        rule: decision.by.cloned(),
        role,
        principal: query.principal.clone(),
        permission: query.permission.clone(),
    }))
}

/// The name, the role and the permissions of a key, a role or a local user.
fn of<'q>(api: &Api, access: &'q Access, principal: &'q str) -> Result<(&'q str, String, Grants), Failure> {
    match principal.split_once(':') {
        Some(("key", name)) => {
            let key = access.find(name).ok_or_else(|| nobody(principal))?;
            Ok((key.name.as_str(), key.role.clone(), access.grants_of(key)))
        }
        Some(("user", name)) => {
            let peer = user_id(name).and_then(|uid| api.local_users.peer(uid, primary_group(uid))).ok_or_else(|| nobody(principal))?;
            let roles: Vec<&str> = api.local_users.roles(&peer).collect();
            Ok((name, roles.join(", "), api.local_users.grants(&peer, access)))
        }
        Some(("role", name)) => Ok((name, name.to_owned(), access.role(name).ok_or_else(|| nobody(principal))?)),
        _ => Err(invalid(
            format!("`{principal}` is not a principal with permissions"),
            "write `key:NAME`, `role:NAME`, `user:NAME` or `user:UID`",
        )),
    }
}

fn nobody(principal: &str) -> Failure {
    let code = if principal.starts_with("key:") { ErrorCode::KEY_NOT_FOUND } else { ErrorCode::ROLE_NOT_FOUND };
    Failure::new(code, format!("there is no `{principal}`"))
}

fn asked(permission: &str) -> Result<(Verb, Resource, String), Failure> {
    let next = "write it like `publish:events:recording.ended`";
    let mut parts = permission.splitn(3, ':');
    let (Some(verb), Some(resource), Some(object)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(invalid(format!("`{permission}` is not `verb:resource:object`"), next));
    };
    let verb = verb.parse().map_err(|why: panotti_protocol::permission::PermissionInvalid| invalid(why.to_string(), next))?;
    let resource = resource.parse().map_err(|why: panotti_protocol::permission::PermissionInvalid| invalid(why.to_string(), next))?;
    if object.is_empty() || object.contains(['*', '>']) {
        return Err(invalid(format!("`{object}` is not one object"), next));
    }
    Ok((verb, resource, object.to_owned()))
}

/// The role that a request describes.
fn wanted(api: &Api, principal: &Principal, request: RoleRequest) -> Result<StoredRole, Failure> {
    let mut grants = match &request.from {
        Some(from) => {
            load(api, principal, Verb::Read, from)?;
            api.gate.access().role(from).ok_or_else(|| not_found(from))?
        }
        None => Grants::default(),
    };
    let add = |all: &mut Vec<Permission>, more: Vec<Permission>| {
        more.into_iter().for_each(|one| {
            if !all.contains(&one) {
                all.push(one)
            }
        })
    };
    add(&mut grants.allow, request.allow);
    add(&mut grants.deny, request.deny);
    if grants.allow.len() > ROLE_PERMISSIONS_MAX || grants.deny.len() > ROLE_PERMISSIONS_MAX {
        let detail = format!("the role allows or denies more than {ROLE_PERMISSIONS_MAX} permissions");
        return Err(invalid(detail, "use wider patterns: `>` stands for everything, `*` for one word"));
    }
    Ok(StoredRole { name: request.name, grants, ..StoredRole::default() })
}

/// A role, if the caller may do that to it: otherwise it is as if there were none.
fn load(api: &Api, principal: &Principal, verb: Verb, name: &str) -> Result<Role, Failure> {
    let found = shown(&api.gate.access(), name, api.clock.now());
    found.filter(|role| principal.grants.allows(verb, Resource::Keys, &role.name)).ok_or_else(|| not_found(name))
}

fn not_found(name: &str) -> Failure {
    Failure::new(ErrorCode::ROLE_NOT_FOUND, format!("there is no role `{name}`"))
}

fn shown(access: &Access, name: &str, now: Timestamp) -> Option<Role> {
    let Grants { allow, deny } = access.role(name)?;
    let own = access.roles.get(name);
    Some(Role {
        name: name.to_owned(),
        built_in: is_built_in(name),
        allow,
        deny,
        keys: access.keys_with(name, now) as u64,
        changed_by: own.map(|role| role.changed_by.clone()).unwrap_or_default(),
        changed_at: own.map(|role| role.changed_at),
    })
}
