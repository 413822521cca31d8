//! Azure: its kinds, its components, and with the feature `client` the driver that calls Azure Resource Manager.
