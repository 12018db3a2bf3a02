//! The one integration test binary.

mod host {
    mod plugins;
    mod tree;
}
