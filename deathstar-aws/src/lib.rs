//! DeathStar on aws.
