//! DeathStar on azure.
