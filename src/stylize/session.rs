//! One ONNX Runtime session with its tensors bound in place, so that running it allocates nothing on our side.

use super::StylizeError;
use super::convention::{Element, Layout};
use super::fault::Fault;
use super::graph::GraphParameter;
use super::postprocess::TensorRef;
use super::preprocess::TensorMut;
use crate::frame::Size;
use crate::onnx::DataType;
use half::f16;
use ort::AsPointer;
use ort::memory::{AllocationDevice, Allocator, AllocatorType, MemoryInfo, MemoryType};
use ort::session::Session;
use ort::session::builder::SessionBuilder;
use ort::value::{DynTensor, Shape, TensorElementType};
use std::ffi::{CString, c_char};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What must be known of a network to feed it.
#[derive(Debug, Clone)]
pub(super) struct NetworkPlan {
    pub input: PicturePlan,
    pub output: PicturePlan,
    pub parameters: Vec<ParameterPlan>,
}

/// Name, layout, channels and element type of a picture tensor.
#[derive(Debug, Clone)]
pub(super) struct PicturePlan {
    pub tensor: String,
    pub layout: Layout,
    pub channels: usize,
    pub element: Element,
}

/// A further input with the shape that it is fed with, and its values.
#[derive(Debug, Clone)]
pub(super) struct ParameterPlan {
    pub tensor: String,
    pub element: DataType,
    pub shape: Vec<i64>,
    pub values: Vec<f32>,
}

impl ParameterPlan {
    /// Fills open dimensions so that `values` fit: the last open one takes what the others leave, the rest are 1.
    pub fn new(parameter: &GraphParameter, values: Vec<f32>) -> Self {
        let fixed: u64 = parameter.shape.iter().flatten().product();
        let mut rest = (values.len() as u64 / fixed.max(1)).max(1);
        let mut shape: Vec<i64> = parameter
            .shape
            .iter()
            .rev()
            .map(|side| side.unwrap_or_else(|| std::mem::replace(&mut rest, 1)) as i64)
            .collect();
        shape.reverse();
        Self { tensor: parameter.name.clone(), element: parameter.element, shape, values }
    }

    /// Number of values that the tensor holds.
    pub fn count(&self) -> usize {
        self.shape.iter().product::<i64>() as usize
    }
}

/// A session whose input and output tensors are bound once per size.
#[derive(Debug)]
pub(super) struct Network {
    plan: NetworkPlan,
    /// Present until the network is dropped.
    session: Option<Session>,
    /// Held during every use of the session, where the provider cannot be used by two threads at once.
    turn: Option<&'static Mutex<()>>,
    /// What goes wrong on purpose, in tests.
    fault: Option<Fault>,
    /// Names of the picture input, then of the further inputs, as ONNX Runtime wants them.
    input_names: Vec<CString>,
    output_name: CString,
    parameters: Vec<DynTensor>,
    bound: Option<Bound>,
}

/// The tensors of one size.
#[derive(Debug)]
struct Bound {
    input_size: Size,
    input: DynTensor,
    output_size: Size,
    output: DynTensor,
    /// Pointers into `Network::input_names`, in order.
    name_pointers: Vec<*const c_char>,
    /// Pointers to `input`, then to `Network::parameters`.
    value_pointers: Vec<*const ort::sys::OrtValue>,
}

// SAFETY: the tensors are the only part that is not `Send` by itself. They are made by ONNX Runtime's CPU allocator,
// which may be used from any thread, hold no data of ours, and are reached only through `&self` and `&mut self` of this
// struct.
unsafe impl Send for Network {}

impl Network {
    /// Opens a model with prepared options and binds its further inputs.
    ///
    /// # Errors
    /// ONNX Runtime refuses the model or lacks an operation of it.
    pub fn open(model: &Path, options: SessionBuilder, plan: NetworkPlan) -> Result<Self, StylizeError> {
        Self::open_in_turn(model, options, plan, None)
    }

    /// As [`Self::open`]; every use of the session, from here until it is dropped, waits for `turn`.
    pub fn open_in_turn(
        model: &Path,
        mut options: SessionBuilder,
        plan: NetworkPlan,
        turn: Option<&'static Mutex<()>>,
    ) -> Result<Self, StylizeError> {
        let _turn = turn.map(wait_for);
        let session = options.commit_from_file(model).map_err(|error| refusal(model, &error))?;
        let refused = |error: ort::Error| refusal(model, &error);
        let mut parameters = Vec::new();
        for parameter in &plan.parameters {
            let element = element_type(parameter.element);
            let shape = Shape::new(parameter.shape.iter().copied());
            let mut tensor = DynTensor::new(&Allocator::default(), element, shape).map_err(refused)?;
            write_parameter(&mut tensor, parameter.element, &parameter.values).map_err(refused)?;
            parameters.push(tensor);
        }
        let input_names = std::iter::once(&plan.input.tensor)
            .chain(plan.parameters.iter().map(|parameter| &parameter.tensor))
            .map(|name| c_name(name))
            .collect::<Result<Vec<_>, _>>()?;
        let output_name = c_name(&plan.output.tensor)?;
        let session = Some(session);
        Ok(Self { plan, session, turn, fault: None, input_names, output_name, parameters, bound: None })
    }

    /// Lets something go wrong from now on, in tests.
    pub fn set_fault(&mut self, fault: Option<Fault>) {
        self.fault = fault;
    }

    /// Makes and binds tensors for an input size, unless that is the bound one. Runs the network once to learn the size
    /// of its output, and so warms it up.
    ///
    /// # Errors
    /// The network does not run at this size, or its output is no picture.
    pub fn bind(&mut self, size: Size) -> Result<(), StylizeError> {
        if self.bound.as_ref().is_some_and(|bound| bound.input_size == size) {
            return Ok(());
        }
        self.bound = None;
        let bound = self.make_tensors(size)?;
        self.bound = Some(bound);
        Ok(())
    }

    fn make_tensors(&mut self, size: Size) -> Result<Bound, StylizeError> {
        let _turn = self.turn.map(wait_for);
        let session = self.session.as_mut().ok_or_else(unbound)?;
        let (input_plan, output_plan) = (&self.plan.input, &self.plan.output);
        let (width, height, channels) = (i64::from(size.width), i64::from(size.height), input_plan.channels as i64);
        let shape = match input_plan.layout {
            Layout::Nchw => [1, channels, height, width],
            Layout::Nhwc => [1, height, width, channels],
        };
        let allocator = Allocator::default();
        let mut input = DynTensor::new(&allocator, tensor_type(input_plan.element), Shape::new(shape))
            .map_err(|e| inference(&e))?;
        fill_grey(tensor_mut(&mut input, input_plan.element).map_err(|e| inference(&e))?);
        let mut binding = session.create_binding().map_err(|e| inference(&e))?;
        binding.bind_input(&input_plan.tensor, &input).map_err(|e| inference(&e))?;
        for (parameter, tensor) in self.plan.parameters.iter().zip(&self.parameters) {
            binding.bind_input(&parameter.tensor, tensor).map_err(|e| inference(&e))?;
        }
        let on_cpu = MemoryInfo::new(AllocationDevice::CPU, 0, AllocatorType::Device, MemoryType::CPUOutput);
        let on_cpu = on_cpu.map_err(|e| inference(&e))?;
        binding.bind_output_to_device(&output_plan.tensor, &on_cpu).map_err(|e| inference(&e))?;
        let (shape, element) = {
            let outputs = session.run_binding(&binding).map_err(|e| inference(&e))?;
            let dtype = outputs[0].dtype();
            let shape = dtype.tensor_shape().map(|shape| shape.to_vec());
            (shape.unwrap_or_default(), dtype.tensor_type())
        };
        let output_size = picture_size(&shape, output_plan).ok_or_else(|| {
            StylizeError::Inference(format!("its output has the shape {shape:?}, which is no picture"))
        })?;
        if element != Some(tensor_type(output_plan.element)) {
            return Err(StylizeError::Inference("its output has another element type than it says".to_owned()));
        }
        let output = DynTensor::new(&allocator, tensor_type(output_plan.element), Shape::new(shape.iter().copied()));
        let output = output.map_err(|e| inference(&e))?;
        let name_pointers = self.input_names.iter().map(|name| name.as_ptr()).collect();
        let value_pointers =
            std::iter::once(input.ptr()).chain(self.parameters.iter().map(|tensor| tensor.ptr())).collect();
        Ok(Bound { input_size: size, input, output_size, output, name_pointers, value_pointers })
    }

    /// The bound input size.
    pub fn input_size(&self) -> Option<Size> {
        self.bound.as_ref().map(|bound| bound.input_size)
    }

    /// The bound output size.
    pub fn output_size(&self) -> Option<Size> {
        self.bound.as_ref().map(|bound| bound.output_size)
    }

    /// The bound input tensor, to be filled before [`Self::run`].
    ///
    /// # Errors
    /// Nothing is bound.
    pub fn input(&mut self) -> Result<TensorMut<'_>, StylizeError> {
        let bound = self.bound.as_mut().ok_or_else(unbound)?;
        tensor_mut(&mut bound.input, self.plan.input.element).map_err(|error| inference(&error))
    }

    /// The bound output tensor and its size, as the last [`Self::run`] left it.
    ///
    /// # Errors
    /// Nothing is bound.
    pub fn output(&self) -> Result<(TensorRef<'_>, Size), StylizeError> {
        let bound = self.bound.as_ref().ok_or_else(unbound)?;
        let tensor = tensor_ref(&bound.output, self.plan.output.element).map_err(|error| inference(&error))?;
        Ok((tensor, bound.output_size))
    }

    /// Runs the network on the bound tensors.
    ///
    /// # Errors
    /// Nothing is bound, or the execution provider fails.
    pub fn run(&mut self) -> Result<(), StylizeError> {
        self.fault.map_or(Ok(()), Fault::before_run)?;
        let _turn = self.turn.map(wait_for);
        let session = self.session.as_ref().ok_or_else(unbound)?;
        let bound = self.bound.as_mut().ok_or_else(unbound)?;
        let mut output = bound.output.ptr().cast_mut();
        // SAFETY: all pointers belong to live objects of this struct, the two arrays are equally long, names end in a
        // null byte, and `&mut self` keeps any other run away. The call is made directly because `Session::run`
        // collects the outputs into new containers, which would allocate on every frame; and an `IoBinding` would copy
        // the input to a graphics card only once, when it is bound.
        let outcome = unsafe {
            let status = (ort::api().Run)(
                session.ptr().cast_mut(),
                std::ptr::null(),
                bound.name_pointers.as_ptr(),
                bound.value_pointers.as_ptr(),
                bound.value_pointers.len(),
                &self.output_name.as_ptr(),
                1,
                &mut output,
            );
            ort::Error::<()>::result_from_status(status)
        };
        outcome.map_err(|error| inference(&error))?;
        if self.fault.is_some_and(Fault::spoils) {
            fill_grey(tensor_mut(&mut bound.output, self.plan.output.element).map_err(|error| inference(&error))?);
        }
        Ok(())
    }

    /// Sets a further input; it counts from the next run on.
    ///
    /// # Errors
    /// The tensor cannot be written.
    pub fn set_parameter(&mut self, index: usize, values: &[f32]) -> Result<(), StylizeError> {
        let element = self.plan.parameters[index].element;
        write_parameter(&mut self.parameters[index], element, values).map_err(|error| inference(&error))
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _turn = self.turn.map(wait_for);
        self.bound = None;
        self.session = None;
    }
}

fn wait_for(turn: &'static Mutex<()>) -> MutexGuard<'static, ()> {
    turn.lock().unwrap_or_else(PoisonError::into_inner)
}

fn c_name(name: &str) -> Result<CString, StylizeError> {
    CString::new(name).map_err(|_| StylizeError::Inference("a tensor's name holds a null byte".to_owned()))
}

fn unbound() -> StylizeError {
    StylizeError::Inference("no size was bound".to_owned())
}

fn inference(error: &ort::Error) -> StylizeError {
    StylizeError::Inference(first_line(error.message()))
}

/// ONNX Runtime's refusal of a model, told apart by its words.
fn refusal(model: &Path, error: &ort::Error) -> StylizeError {
    let (path, reason) = (model.to_owned(), first_line(error.message()));
    let lacks = [
        "is not a registered function/op",
        "Could not find an implementation",
        "No Op registered",
        "is under development",
    ];
    let is_unknown_domain = reason.contains("No opset import for domain") || reason.contains("is not registered");
    if is_unknown_domain || lacks.iter().any(|sign| reason.contains(sign)) {
        StylizeError::UnsupportedOperator { path, reason }
    } else {
        StylizeError::Refused { path, reason }
    }
}

/// The first line of a message, without trailing period: ONNX Runtime appends stack traces.
pub(super) fn first_line(message: &str) -> String {
    message
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or("no reason given")
        .trim()
        .trim_end_matches('.')
        .to_owned()
}

/// The size of a picture tensor of this shape, where it has the planned number of channels.
fn picture_size(shape: &[i64], plan: &PicturePlan) -> Option<Size> {
    let &[1, a, b, c] = shape else { return None };
    let (channels, height, width) = match plan.layout {
        Layout::Nchw => (a, b, c),
        Layout::Nhwc => (c, a, b),
    };
    let side = |side: i64| u32::try_from(side).ok().filter(|&side| side > 0);
    if channels == plan.channels as i64 { Some(Size::new(side(width)?, side(height)?)) } else { None }
}

fn tensor_type(element: Element) -> TensorElementType {
    match element {
        Element::Float32 => TensorElementType::Float32,
        Element::Float16 => TensorElementType::Float16,
        Element::Uint8 => TensorElementType::Uint8,
    }
}

fn element_type(element: DataType) -> TensorElementType {
    match element {
        DataType::Float16 => TensorElementType::Float16,
        DataType::Double => TensorElementType::Float64,
        DataType::Int32 => TensorElementType::Int32,
        DataType::Int64 => TensorElementType::Int64,
        DataType::Uint8 => TensorElementType::Uint8,
        DataType::Bool => TensorElementType::Bool,
        _ => TensorElementType::Float32,
    }
}

fn tensor_mut(tensor: &mut DynTensor, element: Element) -> ort::Result<TensorMut<'_>> {
    Ok(match element {
        Element::Float32 => TensorMut::Float32(tensor.try_extract_tensor_mut::<f32>()?.1),
        Element::Float16 => TensorMut::Float16(tensor.try_extract_tensor_mut::<f16>()?.1),
        Element::Uint8 => TensorMut::Uint8(tensor.try_extract_tensor_mut::<u8>()?.1),
    })
}

fn tensor_ref(tensor: &DynTensor, element: Element) -> ort::Result<TensorRef<'_>> {
    Ok(match element {
        Element::Float32 => TensorRef::Float32(tensor.try_extract_tensor::<f32>()?.1),
        Element::Float16 => TensorRef::Float16(tensor.try_extract_tensor::<f16>()?.1),
        Element::Uint8 => TensorRef::Uint8(tensor.try_extract_tensor::<u8>()?.1),
    })
}

/// Fresh tensors hold whatever the memory held: a half grey is harmless in every range.
fn fill_grey(tensor: TensorMut<'_>) {
    match tensor {
        TensorMut::Float32(values) => values.fill(0.5),
        TensorMut::Float16(values) => values.fill(f16::from_f32_const(0.5)),
        TensorMut::Uint8(values) => values.fill(128),
    }
}

fn write_parameter(tensor: &mut DynTensor, element: DataType, values: &[f32]) -> ort::Result<()> {
    macro_rules! write {
        ($kind:ty, $convert:expr) => {{
            let (_, target) = tensor.try_extract_tensor_mut::<$kind>()?;
            for (index, element) in target.iter_mut().enumerate() {
                *element = $convert(values.get(index).copied().unwrap_or_default());
            }
        }};
    }
    match element {
        DataType::Float16 => write!(f16, f16::from_f32),
        DataType::Double => write!(f64, f64::from),
        DataType::Int32 => write!(i32, |value: f32| value.round() as i32),
        DataType::Int64 => write!(i64, |value: f32| value.round() as i64),
        DataType::Uint8 => write!(u8, |value: f32| value.round() as u8),
        DataType::Bool => write!(bool, |value: f32| value >= 0.5),
        _ => write!(f32, |value: f32| value),
    }
    Ok(())
}
