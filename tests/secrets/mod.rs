//! Secrets: how they reach their plugins, and that they reach nobody else.

mod canaries;
mod using;
