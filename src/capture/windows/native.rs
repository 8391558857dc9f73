//! What Win32 tells of a window. All rectangles are in physical pixels, for winit makes the process aware of each
//! monitor's scale.

use crate::capture::{Placement, Visibility, WindowInfo, WindowState};
use crate::frame::Size;
use windows::Win32::Foundation::{CloseHandle, HWND, LPARAM, POINT, RECT};
use windows::Win32::Graphics::Dwm::{DWMWA_CLOAKED, DWMWA_EXTENDED_FRAME_BOUNDS, DwmGetWindowAttribute};
use windows::Win32::Graphics::Gdi::{
    ClientToScreen, GetMonitorInfoW, MONITOR_DEFAULTTONEAREST, MONITORINFO, MonitorFromWindow,
};
use windows::Win32::System::Threading::{
    OpenProcess, PROCESS_NAME_WIN32, PROCESS_QUERY_LIMITED_INFORMATION, QueryFullProcessImageNameW,
};
use windows::Win32::UI::WindowsAndMessaging::{
    EnumWindows, GWL_EXSTYLE, GWL_STYLE, GetClientRect, GetForegroundWindow, GetWindowLongPtrW, GetWindowTextW,
    GetWindowThreadProcessId, IsIconic, IsWindow, IsWindowVisible, WS_CHILD, WS_EX_TOOLWINDOW,
};
use windows::core::{BOOL, PWSTR};

/// Letters of a title and of a path that are read at most.
const LONGEST_TITLE: usize = 512;
const LONGEST_PATH: usize = 1024;

/// The handle of a window id. Handles of windows have 32 significant bits, so an id holds them.
pub fn handle(id: u32) -> HWND {
    HWND(id as usize as *mut std::ffi::c_void)
}

/// The id of a handle.
fn id(window: HWND) -> u32 {
    window.0 as usize as u32
}

/// Whether the window exists.
pub fn exists(window: HWND) -> bool {
    // SAFETY: the call takes any handle, also one that is stale.
    unsafe { IsWindow(Some(window)).as_bool() }
}

/// The client area on the screen; `None` where the window is gone.
pub fn client_area(window: HWND) -> Option<RECT> {
    let (mut area, mut corner) = (RECT::default(), POINT::default());
    // SAFETY: both calls write through pointers to locals that outlive them, and take stale handles.
    unsafe {
        GetClientRect(window, &raw mut area).ok()?;
        ClientToScreen(window, &raw mut corner).as_bool().then_some(())?;
    }
    Some(RECT { left: corner.x, top: corner.y, right: corner.x + area.right, bottom: corner.y + area.bottom })
}

/// What a capture of the window shows of the screen: its frame without the shadow.
pub fn captured_area(window: HWND) -> Option<RECT> {
    let mut area = RECT::default();
    let size = size_of::<RECT>() as u32;
    // SAFETY: the attribute is a RECT, whose size is passed with the pointer to a local.
    unsafe { DwmGetWindowAttribute(window, DWMWA_EXTENDED_FRAME_BOUNDS, (&raw mut area).cast(), size) }.ok()?;
    Some(area)
}

/// What is to be seen of the window now.
pub fn visibility(window: HWND) -> Visibility {
    if !exists(window) {
        return Visibility::Closed;
    }
    // SAFETY: the calls take any handle, also one that is stale.
    let (is_iconic, is_visible) = unsafe { (IsIconic(window).as_bool(), IsWindowVisible(window).as_bool()) };
    match (is_iconic, is_visible && !is_cloaked(window)) {
        (true, _) => Visibility::Minimized,
        (false, true) => Visibility::Visible,
        (false, false) => Visibility::Hidden,
    }
}

/// Whether the window is on another virtual desktop, or a suspended app's.
fn is_cloaked(window: HWND) -> bool {
    let mut reason = 0_u32;
    let size = size_of::<u32>() as u32;
    // SAFETY: the attribute is a 32-bit number, whose size is passed with the pointer to a local.
    let known = unsafe { DwmGetWindowAttribute(window, DWMWA_CLOAKED, (&raw mut reason).cast(), size) };
    known.is_ok() && reason != 0
}

/// Where the window is.
pub fn placement(window: HWND) -> Option<Placement> {
    let area = client_area(window)?;
    // SAFETY: the call takes nothing.
    let is_active = unsafe { GetForegroundWindow() } == window;
    Some(Placement {
        x: area.left,
        y: area.top,
        size: size_of_area(area),
        visibility: visibility(window),
        frame_window: id(window),
        is_fullscreen: monitor_area(window) == Some(area),
        is_active,
    })
}

/// The screen that most of the window is on.
fn monitor_area(window: HWND) -> Option<RECT> {
    let mut info = MONITORINFO { cbSize: size_of::<MONITORINFO>() as u32, ..MONITORINFO::default() };
    // SAFETY: the structure tells its own size and outlives the calls.
    unsafe { GetMonitorInfoW(MonitorFromWindow(window, MONITOR_DEFAULTTONEAREST), &raw mut info) }
        .as_bool()
        .then_some(info.rcMonitor)
}

/// Width and height of a rectangle; never negative.
pub fn size_of_area(area: RECT) -> Size {
    Size::new((area.right - area.left).max(0) as u32, (area.bottom - area.top).max(0) as u32)
}

/// The windows that a person may want to paint, front to back.
pub fn capturable_windows() -> Vec<WindowInfo> {
    extern "system" fn gather(window: HWND, found: LPARAM) -> BOOL {
        // SAFETY: the parameter is the vector below, which outlives the enumeration and is used by nobody else
        // meanwhile.
        let found = unsafe { &mut *(found.0 as *mut Vec<HWND>) };
        found.push(window);
        true.into()
    }
    let mut handles: Vec<HWND> = Vec::new();
    // SAFETY: the callback is given the vector's address, and is not called after the function returns.
    let listed = unsafe { EnumWindows(Some(gather), LPARAM(&raw mut handles as isize)) };
    if let Err(error) = listed {
        tracing::warn!("windows cannot be listed: {error}");
    }
    handles.into_iter().filter_map(describe).collect()
}

/// What is known of a window; `None` where it is none that can be painted, or one of ours.
fn describe(window: HWND) -> Option<WindowInfo> {
    // SAFETY: the calls take any handle.
    let (style, extended) = unsafe { (GetWindowLongPtrW(window, GWL_STYLE), GetWindowLongPtrW(window, GWL_EXSTYLE)) };
    let is_furniture = style & WS_CHILD.0 as isize != 0 || extended & WS_EX_TOOLWINDOW.0 as isize != 0;
    let state = match visibility(window) {
        Visibility::Visible => WindowState::Visible,
        Visibility::Minimized => WindowState::Minimized,
        Visibility::Hidden | Visibility::Closed => return None,
    };
    let mut pid = 0;
    // SAFETY: the pointer is to a local that outlives the call.
    unsafe { GetWindowThreadProcessId(window, Some(&raw mut pid)) };
    let title = title(window);
    let size = size_of_area(client_area(window)?);
    if is_furniture || title.is_empty() || size.area() == 0 || pid == std::process::id() {
        return None;
    }
    Some(WindowInfo {
        id: id(window),
        title,
        application: executable(pid).unwrap_or_default(),
        pid: Some(pid),
        size,
        state,
    })
}

fn title(window: HWND) -> String {
    let mut letters = [0; LONGEST_TITLE];
    // SAFETY: the slice carries its length.
    let count = unsafe { GetWindowTextW(window, &mut letters) };
    String::from_utf16_lossy(&letters[..(count.max(0) as usize).min(LONGEST_TITLE)])
}

/// The name of a process's executable, without its ending.
fn executable(pid: u32) -> Option<String> {
    let mut letters = [0; LONGEST_PATH];
    let mut count = LONGEST_PATH as u32;
    // SAFETY: the handle is closed before the end, and the buffer's length is passed with its pointer.
    let path = unsafe {
        let process = OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, false, pid).ok()?;
        let told = QueryFullProcessImageNameW(process, PROCESS_NAME_WIN32, PWSTR(letters.as_mut_ptr()), &raw mut count);
        let _ = CloseHandle(process);
        told.ok()?;
        String::from_utf16_lossy(&letters[..(count as usize).min(LONGEST_PATH)])
    };
    Some(std::path::Path::new(&path).file_stem()?.to_string_lossy().into_owned())
}
