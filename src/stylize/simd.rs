//! Compiles a hot loop twice, and picks the faster copy on processors that have AVX2.

/// Defines a function whose body is compiled for the baseline processor and for AVX2 with FMA and F16C.
macro_rules! with_avx2 {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $(-> $result:ty)? $body:block) => {
        $(#[$meta])*
        $vis fn $name($($argument: $kind),*) $(-> $result)? {
            #[inline(always)]
            fn body($($argument: $kind),*) $(-> $result)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma,f16c")]
            fn with_avx2($($argument: $kind),*) $(-> $result)? {
                body($($argument),*)
            }

            #[cfg(target_arch = "x86_64")]
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c") {
                // SAFETY: the processor has just been found to have the features that the function needs.
                return unsafe { with_avx2($($argument),*) };
            }
            body($($argument),*)
        }
    };
}

pub(super) use with_avx2;
