//! DeathStar on addons.
