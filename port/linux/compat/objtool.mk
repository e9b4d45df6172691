# SPDX-License-Identifier: GPL-2.0-only OR MIT
#
# Checks of accesses are made in the midst of accesses to user space too, where the checker of the
# kernel's build (objtool) lets no function be called but those that it knows by name. Ours close
# the access before they print. So that one check is left out.
# picket_no_uaccess MODULE, OBJECT: where the checker looks at objects one by one, and kernels
# before 5.18 can tell it so, only for that object.
define picket_no_uaccess
$(obj)/$(strip $(1)): objtool-args = $$(filter-out --uaccess,$$(objtool-args-y)) \
	$$(if $$(delay-objtool),--link) --module
$(obj)/$(strip $(2)): objtool_args = orc generate --module --no-fp \
	$$(if $$(CONFIG_RETPOLINE),--retpoline) $$(if $$(CONFIG_RETHUNK),--rethunk) \
	$$(if $$(CONFIG_SLS),--sls)
endef
